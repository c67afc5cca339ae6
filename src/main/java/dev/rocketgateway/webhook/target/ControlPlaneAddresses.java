package dev.rocketgateway.webhook.target;

import dev.rocketgateway.webhook.WebhookConfig;
import dev.rocketgateway.webhook.address.IpLiteral;
import io.quarkus.arc.All;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Holds the addresses of the gateway's own control plane, which no webhook may reach: the Kubernetes API server, this host, and the
 * hosts of every {@link ProtectedAddresses}. Resolves them again periodically; a name that cannot be resolved keeps its old
 * addresses.
 *
 * <p>Thread-safe; does not wait for the network.
 */
@ApplicationScoped
public class ControlPlaneAddresses {

    private static final Logger LOG = Logger.getLogger(ControlPlaneAddresses.class);

    private final Supplier<Set<String>> hosts;
    private final Optional<String> kubernetes;
    private final NameResolver names;
    private final Duration refresh;
    private final Map<String, List<InetAddress>> lastKnown = new ConcurrentHashMap<>();
    private @Nullable Known known;

    private record Known(long since, CompletableFuture<TargetRules.ControlPlane> plane) {}

    @Inject
    public ControlPlaneAddresses(NameResolver names, @All List<ProtectedAddresses> contributed, WebhookConfig config) {
        this(names, () -> union(contributed), Optional.ofNullable(System.getenv("KUBERNETES_SERVICE_HOST")), config);
    }

    public ControlPlaneAddresses(
            NameResolver names, Supplier<Set<String>> hosts, Optional<String> kubernetes, WebhookConfig config) {
        this.names = names;
        this.hosts = hosts;
        this.kubernetes = kubernetes;
        this.refresh = config.dnsRefresh();
    }

    private static Set<String> union(List<ProtectedAddresses> contributed) {
        var all = new HashSet<String>();
        contributed.forEach(one -> all.addAll(one.hosts()));
        return all;
    }

    /** The currently protected addresses. Never fails. */
    synchronized CompletableFuture<TargetRules.ControlPlane> current() {
        var last = known;
        if (last != null && (!last.plane().isDone() || System.nanoTime() - last.since() < refresh.toNanos())) {
            return last.plane();
        }
        var next = new Known(System.nanoTime(), lookUp());
        known = next;
        return next.plane();
    }

    private CompletableFuture<TargetRules.ControlPlane> lookUp() {
        var words = new HashMap<String, String>();
        hosts.get().forEach(host -> words.put(host.toLowerCase(Locale.ROOT), "the gateway's own control plane"));
        kubernetes.ifPresent(host -> words.put(host.toLowerCase(Locale.ROOT), "the Kubernetes API server"));
        var lookUps = words.keySet().stream().map(this::addresses).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(lookUps).thenApply(all -> {
            var addresses = new HashMap<InetAddress, String>();
            ownAddresses().forEach(address -> addresses.put(address, "an address of this host"));
            words.forEach((host, word) ->
                    lastKnown.getOrDefault(host, List.of()).forEach(address -> addresses.put(address, word)));
            // Loopback has a separate rule, which the operator can open as a whole.
            addresses.keySet().removeIf(InetAddress::isLoopbackAddress);
            words.keySet().removeIf(host -> IpLiteral.parse(host).isPresent());
            return new TargetRules.ControlPlane(Map.copyOf(words), Map.copyOf(addresses));
        });
    }

    private CompletableFuture<Void> addresses(String host) {
        var literal = IpLiteral.parse(host);
        if (literal.isPresent()) {
            lastKnown.put(host, List.of(literal.get()));
            return CompletableFuture.completedFuture(null);
        }
        return names.resolve(host).handle((found, failure) -> {
            if (found != null) {
                lastKnown.put(host, found);
            }
            return null;
        });
    }

    private static List<InetAddress> ownAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .toList();
        } catch (SocketException e) {
            LOG.warn("the addresses of this host cannot be listed, so webhooks to them are not denied", e);
            return List.of();
        }
    }
}
