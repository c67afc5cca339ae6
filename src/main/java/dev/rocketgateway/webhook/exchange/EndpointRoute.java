package dev.rocketgateway.webhook.exchange;

import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.WebhookConfig;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookTls;
import dev.rocketgateway.webhook.address.TargetUrl;
import dev.rocketgateway.webhook.target.TargetPolicy;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Resolves and checks the addresses of one URL, and holds the connections to them.
 *
 * <p>Addresses are resolved and checked again after {@code gateway.webhook.dns-refresh}. A connection goes to a checked address;
 * the client does not resolve the name again. While a name cannot be resolved, its old addresses stay valid for the maximum age of
 * a connection.
 *
 * <p>Thread-safe.
 */
public final class EndpointRoute {

    private static final int USUAL_HTTP = 80;
    private static final int USUAL_HTTPS = 443;

    private final Vertx vertx;
    private final List<ContextInternal> loops;
    private final WebhookConfig config;
    private final TargetPolicy policy;
    private final TargetUrl url;
    private final WebhookTls tls;
    private final boolean trustsJvmToo;
    private final boolean http2;
    private final Duration connectTimeout;
    private final Duration timeout;
    private final AtomicInteger turn = new AtomicInteger();

    private volatile @Nullable Known known;
    private @Nullable CompletableFuture<TargetPolicy.Verdict> checking;
    private @Nullable EndpointConnections client;
    private TlsMaterial material = TlsMaterial.NONE;
    private boolean closed;

    private record Known(long since, List<InetAddress> addresses) {

        boolean isYoungerThan(Duration age) {
            return System.nanoTime() - since < age.toNanos();
        }
    }

    private EndpointRoute(
            Vertx vertx,
            WebhookConfig config,
            TargetPolicy policy,
            TargetUrl url,
            WebhookTls tls,
            boolean trustsJvmToo,
            boolean http2,
            WebhookEndpoint endpoint) {
        this.vertx = vertx;
        this.loops = LoopContexts.of(vertx);
        this.config = config;
        this.policy = policy;
        this.url = url;
        this.tls = tls;
        this.trustsJvmToo = trustsJvmToo;
        this.http2 = http2;
        this.connectTimeout = endpoint.connectTimeout();
        this.timeout = endpoint.timeout();
    }

    /** The route to the endpoint itself. */
    public static EndpointRoute to(Vertx vertx, WebhookConfig config, TargetPolicy policy, WebhookEndpoint endpoint)
            throws TargetUrl.InvalidTargetException {
        return new EndpointRoute(
                vertx, config, policy, TargetUrl.of(endpoint.url()), endpoint.tls(), false, endpoint.http2(), endpoint);
    }

    /**
     * The route to the endpoint's token server: it does not get the client certificate, and its certificate is always verified.
     */
    public static EndpointRoute toTokenServer(
            Vertx vertx, WebhookConfig config, TargetPolicy policy, WebhookEndpoint endpoint, URI tokenUrl)
            throws TargetUrl.InvalidTargetException {
        var tls = new WebhookTls(endpoint.tls().caPem(), Optional.empty(), Optional.empty(), false);
        return new EndpointRoute(vertx, config, policy, TargetUrl.of(tokenUrl), tls, true, false, endpoint);
    }

    /** The checked addresses of the URL, in the order to try. Never fails. */
    CompletableFuture<TargetPolicy.Verdict> addresses() {
        var last = known;
        if (last != null && last.isYoungerThan(config.dnsRefresh())) {
            return CompletableFuture.completedFuture(inTurn(last.addresses()));
        }
        return check().thenApply(verdict ->
                verdict instanceof TargetPolicy.Verdict.Allowed allowed ? inTurn(allowed.addresses()) : verdict);
    }

    /** Resolves and checks the URL, once for all callers that ask at the same time. */
    private synchronized CompletableFuture<TargetPolicy.Verdict> check() {
        var underWay = checking;
        if (underWay != null && !underWay.isDone()) {
            return underWay;
        }
        var next = policy.check(url).thenApply(this::remember);
        checking = next;
        return next;
    }

    private TargetPolicy.Verdict remember(TargetPolicy.Verdict verdict) {
        var last = known;
        if (verdict instanceof TargetPolicy.Verdict.Allowed allowed) {
            known = new Known(System.nanoTime(), allowed.addresses());
        } else if (verdict instanceof TargetPolicy.Verdict.Unknown
                && last != null
                && last.isYoungerThan(config.connectionMaxAge())) {
            return new TargetPolicy.Verdict.Allowed(last.addresses());
        } else {
            known = null;
        }
        return verdict;
    }

    /** Forgets the addresses after a failed connection, because they may have changed. */
    void forgetAddresses() {
        known = null;
    }

    /**
     * Rotates the addresses of the family that the system prefers, so that each call begins with another address. Addresses of the
     * other family come last.
     */
    private TargetPolicy.Verdict inTurn(List<InetAddress> addresses) {
        var family = addresses.get(0).getClass();
        var preferred = new ArrayList<InetAddress>();
        var others = new ArrayList<InetAddress>();
        addresses.forEach(address -> (address.getClass() == family ? preferred : others).add(address));
        Collections.rotate(preferred, -Math.floorMod(turn.getAndIncrement(), preferred.size()));
        preferred.addAll(others);
        return new TargetPolicy.Verdict.Allowed(preferred);
    }

    /**
     * Begins an exchange on connections with the current certificates; null if the route is closed. The caller must end the
     * exchange with {@link EndpointConnections.OpenExchange#end}.
     */
    synchronized EndpointConnections.@Nullable OpenExchange begin() throws SecretUnavailableException {
        var now = url.tls() ? TlsMaterial.read(tls) : TlsMaterial.NONE;
        if (closed) {
            return null;
        }
        var current = client;
        if (current == null || !now.equals(material)) {
            var settings = new EndpointConnections.Settings(options(now), http2, config.connectionMaxAge(), timeout);
            var next = new EndpointConnections(loops, settings, config.maxConnectionsPerHost());
            if (current != null) {
                current.retire();
            }
            client = next;
            material = now;
            current = next;
        }
        return current.begin();
    }

    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.retire();
        }
    }

    private HttpClientOptions options(TlsMaterial now) throws SecretUnavailableException {
        var options = new HttpClientOptions()
                .setConnectTimeout((int) connectTimeout.toMillis())
                .setSslHandshakeTimeout(timeout.toMillis())
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setKeepAliveTimeout(wholeSeconds(config.idleTimeout()))
                .setHttp2KeepAliveTimeout(wholeSeconds(config.idleTimeout()))
                .setDecompressionSupported(false)
                .setMaxInitialLineLength(maxHeadSize())
                .setMaxHeaderSize(maxHeadSize())
                .setInitialSettings(new Http2Settings().setMaxHeaderListSize(maxHeadSize()))
                .setTcpNoDelay(true)
                .setForceSni(tls.serverName().isPresent() || url.address().isEmpty())
                .setVerifyHost(!tls.insecureSkipVerify())
                .setTrustAll(tls.insecureSkipVerify());
        now.applyTo(options, vertx, trustsJvmToo);
        return options;
    }

    private int maxHeadSize() {
        return Math.toIntExact(config.maxResponseHeadSize().asLongValue());
    }

    /** Rounds up, because the client counts in seconds and reads 0 as forever. */
    private static int wholeSeconds(Duration duration) {
        return (int) duration.plusMillis(999).toSeconds();
    }

    /** A request to exactly this address; {@code Host}, SNI and the name in the certificate stay those of the URL. */
    RequestOptions request(HttpMethod method, InetAddress address) {
        return new RequestOptions()
                .setMethod(method)
                .setServer(SocketAddress.inetSocketAddress(url.port(), address.getHostAddress()))
                .setHost(tls.serverName().orElse(url.name()))
                .setPort(url.port())
                .setSsl(url.tls())
                .setURI(url.file())
                .setFollowRedirects(false);
    }

    /** The value of {@code Host}. */
    HostAndPort authority() {
        boolean usual = url.port() == (url.tls() ? USUAL_HTTPS : USUAL_HTTP);
        return HostAndPort.create(url.hostForHeader(), usual ? -1 : url.port());
    }
}
