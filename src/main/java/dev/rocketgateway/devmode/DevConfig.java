package dev.rocketgateway.devmode;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of dev mode. */
@ConfigMapping(prefix = "gateway.dev")
public interface DevConfig {

    /**
     * Directory in which the build has written the class path of the local RocketMQ, and in which the local RocketMQ keeps its
     * data.
     */
    @WithDefault("target/rocketmq")
    String rocketmqDirectory();
}
