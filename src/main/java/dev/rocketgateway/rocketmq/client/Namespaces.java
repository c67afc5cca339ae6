package dev.rocketgateway.rocketmq.client;

import org.apache.rocketmq.client.ClientConfig;

/**
 * Adds the client's namespace to the names of topics and groups, and removes it. The client marks these methods as deprecated. But
 * it offers no other methods, and calls of its internals do not add the namespace.
 */
@SuppressWarnings("deprecation")
public final class Namespaces {

    private Namespaces() {}

    /** The name of a topic or group on the wire, with the namespace. */
    public static String inNamespace(ClientConfig client, String resource) {
        return client.withNamespace(resource);
    }

    /** The name of a topic or group as it was before {@link #inNamespace}. */
    public static String withoutNamespace(ClientConfig client, String onTheWire) {
        return client.withoutNamespace(onTheWire);
    }
}
