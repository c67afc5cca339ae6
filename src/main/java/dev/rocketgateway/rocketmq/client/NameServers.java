package dev.rocketgateway.rocketmq.client;

/** Provides the address of the name servers. Dev mode has its own implementation. */
public interface NameServers {

    /** The address in RocketMQ's form. Called once, at start; may block until there is an address. */
    String address();
}
