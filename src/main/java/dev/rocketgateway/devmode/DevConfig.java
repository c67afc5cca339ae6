package dev.rocketgateway.devmode;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Development mode only. */
@ConfigMapping(prefix = "gateway.dev")
public interface DevConfig {

    /** Where the build has written the class path of the local RocketMQ, and where that keeps its data. */
    @WithDefault("target/rocketmq")
    String rocketmqDirectory();
}
