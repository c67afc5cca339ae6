package dev.rocketgateway.deliver;

import java.util.Set;

/** Lists the currently known hosts of the RocketMQ cluster. Thread-safe; returns immediately. */
public interface ClusterAddresses {

    /** Names and addresses of name servers and brokers, without ports. */
    Set<String> hosts();
}
