package dev.rocketgateway.rocketmq.client;

/** Where the name servers are; the seam at which dev mode puts its own. */
public interface NameServers {

    /** The address in RocketMQ's form. Called once, at start; may take as long as it needs to have one. */
    String address();
}
