package dev.rocketgateway.rocketmq.client;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import jakarta.enterprise.context.ApplicationScoped;

/** Describes the connection to RocketMQ for the log line of the start, without secrets. */
@ApplicationScoped
public class RocketMqStatus {

    private final RocketMqClients clients;
    private final RocketMqConfig config;

    RocketMqStatus(RocketMqClients clients, RocketMqConfig config) {
        this.clients = clients;
        this.config = config;
    }

    /** Keys and values for a log line. */
    public String describe() {
        return "nameServers=%s accessChannel=%s namespace=%s acl=%s tls=%s producerGroup=%s"
                .formatted(
                        clients.nameServers(),
                        config.accessChannel(),
                        config.namespace().orElse("none"),
                        clients.authenticates() ? "on" : "off",
                        config.tls().enabled() ? "on" : "off",
                        config.producerGroup());
    }
}
