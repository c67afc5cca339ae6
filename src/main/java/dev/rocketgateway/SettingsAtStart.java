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
 * Stops the start if an unknown setting or an obviously wrong value is set. Otherwise, a typo would go unnoticed and the default
 * would stay in effect.
 */
@ApplicationScoped
class SettingsAtStart {

    private static final int BEFORE_ALL_OTHERS = 1;

    private final Config config;

    SettingsAtStart(Config config) {
        this.config = config;
    }

    /**
     * Checks the settings before any other part of the gateway starts.
     *
     * @throws ConfigurationException with one line for each fault
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
