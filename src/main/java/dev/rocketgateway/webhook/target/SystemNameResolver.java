package dev.rocketgateway.webhook.target;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.rocketgateway.webhook.WebhookConfig;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks up names with the resolver of the host, as other programs on the host do: this resolver uses {@code /etc/hosts}, search
 * domains and {@code ndots}. Names of Kubernetes services need these. The JVM caches results for 30 seconds.
 *
 * <p>The system's lookup blocks, so this class has its own threads. Callers that ask for the same name share one lookup, so a name
 * whose servers hang takes one thread, and not all.
 */
@ApplicationScoped
public class SystemNameResolver implements NameResolver {

    private final Map<String, CompletableFuture<List<InetAddress>>> underWay = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads;
    private final Duration limit;

    public SystemNameResolver(WebhookConfig config) {
        limit = config.dnsTimeout();
        threads = new ThreadPoolExecutor(
                config.dnsThreads(),
                config.dnsThreads(),
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                new ThreadFactoryBuilder()
                        .setNameFormat("gateway-dns")
                        .setDaemon(true)
                        .build());
        threads.allowCoreThreadTimeOut(true);
    }

    @PreDestroy
    public void close() {
        threads.shutdownNow();
    }

    @Override
    public CompletableFuture<List<InetAddress>> resolve(String name) {
        var begun = new CompletableFuture<List<InetAddress>>();
        var before = underWay.putIfAbsent(name, begun);
        if (before == null) {
            begin(name, begun);
        }
        // A lookup that hangs stays in the map after the limit, so the next caller for the name takes no further
        // thread.
        return (before == null ? begun : before).copy().orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void begin(String name, CompletableFuture<List<InetAddress>> found) {
        try {
            threads.execute(() -> lookUp(name, found));
        } catch (RejectedExecutionException stopping) {
            underWay.remove(name, found);
            found.completeExceptionally(stopping);
        }
    }

    private void lookUp(String name, CompletableFuture<List<InetAddress>> found) {
        try {
            var addresses = List.of(InetAddress.getAllByName(name));
            underWay.remove(name, found);
            found.complete(addresses);
        } catch (UnknownHostException | RuntimeException e) {
            underWay.remove(name, found);
            found.completeExceptionally(e);
        }
    }
}
