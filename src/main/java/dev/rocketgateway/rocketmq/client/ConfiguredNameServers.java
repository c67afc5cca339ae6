package dev.rocketgateway.rocketmq.client;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import io.quarkus.arc.DefaultBean;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.ApplicationScoped;

/** The name servers of the configuration. */
@DefaultBean
@ApplicationScoped
class ConfiguredNameServers implements NameServers {

    private final RocketMqConfig config;

    ConfiguredNameServers(RocketMqConfig config) {
        this.config = config;
    }

    @Override
    public String address() {
        return config.namesrvAddr()
                .map(NameServerList::checked)
                .orElseThrow(() -> new ConfigurationException(
                        "gateway.rocketmq.namesrv-addr is not set. Set it (or the environment variable NAMESRV_ADDR) to"
                                + " host:port of the name servers, separated by ';', or to an instance endpoint."));
    }
}
