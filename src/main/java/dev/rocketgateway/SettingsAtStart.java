package dev.rocketgateway;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.SmallRyeConfig;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.ArrayList;
import org.eclipse.microprofile.config.Config;

/**
 * Stops the start where a name is set that is no setting, or a value that nobody means: a typo would leave the default in effect, and
 * nobody would notice.
 */
@ApplicationScoped
class SettingsAtStart {

    private static final int BEFORE_ALL_OTHERS = 1;

    private final Config config;

    SettingsAtStart(Config config) {
        this.config = config;
    }

    /**
     * @throws ConfigurationException with one line for each of them
     */
    void check(@Observes @Priority(BEFORE_ALL_OTHERS) StartupEvent event) {
        var settings = config.unwrap(SmallRyeConfig.class);
        var faults = new ArrayList<>(UnknownSettings.in(settings));
        faults.addAll(SettingValues.faultsIn(settings));
        if (!faults.isEmpty()) {
            throw new ConfigurationException(String.join(System.lineSeparator(), faults));
        }
    }
}
