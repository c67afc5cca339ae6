package dev.rocketgateway.rocketmq.admin;

import dev.rocketgateway.deliver.ClusterAddresses;
import dev.rocketgateway.rocketmq.client.RocketMqClients;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The hosts of the configured name servers, and of the brokers that the last probe found. Thread-safe. */
@ApplicationScoped
class RocketMqAddresses implements ClusterAddresses {

    private static final Pattern SCHEME = Pattern.compile("^https?://");

    private final String nameServers;
    private final BrokerProbe probe;

    RocketMqAddresses(RocketMqClients clients, BrokerProbe probe) {
        this.nameServers = clients.nameServers();
        this.probe = probe;
    }

    @Override
    public Set<String> hosts() {
        return Stream.concat(Arrays.stream(nameServers.split("[;,]")), probe.brokers().stream())
                .map(RocketMqAddresses::host)
                .filter(host -> !host.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The host of {@code host:port} or of an instance endpoint. */
    static String host(String address) {
        // Not by URI, which does not accept the underscores in the name of an instance.
        var text = SCHEME.matcher(address.strip()).replaceFirst("").replaceFirst("/.*", "");
        int colon = text.lastIndexOf(':');
        var host = colon < 0 ? text : text.substring(0, colon);
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
