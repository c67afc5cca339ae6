package dev.rocketgateway.webhook.target;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Resolves host names. Thread-safe; never blocks. */
public interface NameResolver {

    /**
     * All addresses of the name, in the order to try; at least one. Fails with {@link java.net.UnknownHostException} if the name
     * has none, or with {@link java.util.concurrent.TimeoutException} if the lookup takes too long.
     */
    CompletableFuture<List<InetAddress>> resolve(String name);
}
