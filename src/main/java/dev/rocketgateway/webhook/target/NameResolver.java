package dev.rocketgateway.webhook.target;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Looks up names. Thread-safe; never blocks. */
public interface NameResolver {

    /**
     * All addresses of the name, in the order they are to be tried; at least one. Fails with
     * {@link java.net.UnknownHostException} if there is none, or with {@link java.util.concurrent.TimeoutException}.
     */
    CompletableFuture<List<InetAddress>> resolve(String name);
}
