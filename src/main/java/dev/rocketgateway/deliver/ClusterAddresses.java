package dev.rocketgateway.deliver;

import java.util.Set;

/** The currently known hosts of the message cluster. Thread-safe; returns at once. */
public interface ClusterAddresses {

    /** Names and addresses of name servers and brokers, without ports. */
    Set<String> hosts();
}
