package dev.rocketgateway.webhook.target;

import java.util.Set;

/** What other packages know of the gateway's own control plane, which no webhook may reach. Thread-safe. */
public interface ProtectedAddresses {

    /** Host names and addresses, without ports, that no webhook may go to; asked now and again, so that they may change. */
    Set<String> hosts();
}
