package dev.rocketgateway.webhook.target;

import java.util.Set;

/** Names hosts of the gateway's own control plane, which no webhook may reach; other packages implement it. Thread-safe. */
public interface ProtectedAddresses {

    /** Host names and addresses, without ports, that no webhook may reach. Called periodically, so they may change. */
    Set<String> hosts();
}
