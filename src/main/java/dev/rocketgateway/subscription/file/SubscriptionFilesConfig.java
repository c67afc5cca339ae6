package dev.rocketgateway.subscription.file;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** Settings of subscriptions in files. */
@ConfigMapping(prefix = "gateway")
public interface SubscriptionFilesConfig {

    /**
     * Directory with [subscriptions in files](subscriptions.md#subscriptions-in-files), one YAML file for each, such as a mounted
     * ConfigMap. The gateway notices files that are added, changed and removed, without a restart.
     */
    Optional<Path> subscriptionsDirectory();
}
