package dev.rocketgateway.devmode;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of dev mode. */
@ConfigMapping(prefix = "gateway.dev")
public interface DevConfig {

    /**
     * Directory in which the build has written the class path of the local RocketMQ. Its subdirectory `dev` keeps the data
     * of the local RocketMQ across restarts, until `./mvnw clean`.
     */
    @WithDefault("target/rocketmq")
    String rocketmqDirectory();
}
