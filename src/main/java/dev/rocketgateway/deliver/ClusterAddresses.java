package dev.rocketgateway.deliver;

import java.util.Set;

/** Where the message cluster is, as far as it is known now. Thread-safe; returns at once. */
public interface ClusterAddresses {

    /** Names and addresses of name servers and brokers, without ports. */
    Set<String> hosts();
}
