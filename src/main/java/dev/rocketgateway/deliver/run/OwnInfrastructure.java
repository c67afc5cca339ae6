package dev.rocketgateway.deliver.run;

import dev.rocketgateway.deliver.ClusterAddresses;
import dev.rocketgateway.subscription.store.StoreSync;
import dev.rocketgateway.webhook.target.ProtectedAddresses;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashSet;
import java.util.Set;

/** Protects the gateway's own name servers, brokers and database from webhooks. */
@ApplicationScoped
class OwnInfrastructure implements ProtectedAddresses {

    /**
     * Names of this host. This class does not protect them: another rule denies them unless an operator allows them. In development
     * and tests, everything is on one host.
     */
    private static final Set<String> THIS_HOST = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

    private final ClusterAddresses cluster;
    private final StoreSync store;

    OwnInfrastructure(ClusterAddresses cluster, StoreSync store) {
        this.cluster = cluster;
        this.store = store;
    }

    @Override
    public Set<String> hosts() {
        var hosts = new HashSet<>(cluster.hosts());
        store.host().ifPresent(hosts::add);
        hosts.removeAll(THIS_HOST);
        return hosts;
    }
}
