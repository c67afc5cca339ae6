package dev.rocketgateway.devmode;

import io.quarkus.arc.profile.IfBuildProfile;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/**
 * Ends the dev mode process when its build tool ends, even if the build tool is killed. Otherwise, dev mode and the local RocketMQ
 * would keep running.
 */
@IfBuildProfile("dev")
@ApplicationScoped
class StopWithBuildTool {

    void watch(@Observes StartupEvent event) {
        if (KeptOverReloads.WATCHES_BUILD_TOOL.put("true") == null) {
            ProcessHandle.current().parent().ifPresent(parent -> parent.onExit()
                    .thenRun(() -> Runtime.getRuntime().halt(0)));
        }
    }
}
