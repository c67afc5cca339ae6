package dev.rocketgateway.subscription;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Where subscriptions are kept, and their secrets. */
@ConfigMapping(prefix = "gateway.store")
public interface StoreConfig {

    /** Below it are the files that `…Ref` fields name. A wrong one holds the subscriptions that need them. */
    @WithDefault("secrets")
    String secretsDirectory();
}
