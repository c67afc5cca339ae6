package dev.rocketgateway.look;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings for [looking at messages](debugging.md). */
@ConfigMapping(prefix = "gateway.look")
public interface LookConfig {

    /**
     * Consumer group in whose name the gateway reads messages. Every broker has the default, and it gets no position. With an ACL,
     * the gateway's user needs permission to consume with this group.
     */
    @WithDefault("TOOLS_CONSUMER")
    String consumerGroup();
}
