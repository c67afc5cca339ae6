package dev.rocketgateway.problem.framing;

import dev.rocketgateway.problem.HttpConfig;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.vertx.http.runtime.HttpCertificateUpdateEventListener;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.impl.VertxInternal;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Replaces the certificate of the HTTP server when its files change. Takes the place of the listener of Quarkus. That listener
 * closes connections that arrive during a replacement, and logs a replacement each time it checks the files.
 *
 * <p>Called on a thread that may block.
 */
@Alternative
@Priority(1)
@Singleton
class CertificateUpdates extends HttpCertificateUpdateEventListener {

    private static final Logger LOG = Logger.getLogger(CertificateUpdates.class);

    private final HeldConnections connections = HeldConnections.ofThisJvm();
    private final List<Server> servers = new CopyOnWriteArrayList<>();
    private final Vertx vertx;
    private final HttpConfig config;
    private final CertificateMetrics metrics;

    /**
     * A server whose certificate can be replaced.
     *
     * @param tls the name of the server's TLS configuration
     */
    private record Server(HttpServer server, String tls) {}

    CertificateUpdates(Vertx vertx, HttpConfig config, CertificateMetrics metrics) {
        this.vertx = vertx;
        this.config = config;
        this.metrics = metrics;
    }

    @Override
    public void register(HttpServer server, String tlsConfigurationName, String id) {
        servers.add(new Server(server, tlsConfigurationName));
        metrics.watch(tlsConfigurationName);
    }

    /** Returns when the new certificate is in effect. */
    @Override
    public void onCertificateUpdate(@Observes CertificateUpdatedEvent event) throws InterruptedException {
        // Nobody waits longer for a connection.
        var limit = config.headTimeout();
        try {
            connections.hold(((VertxInternal) vertx).getEventLoopGroup(), limit);
            for (var registered : servers) {
                if (registered.tls().equalsIgnoreCase(event.name())) {
                    boolean replaced = registered
                            .server()
                            .updateSSLOptions(event.tlsConfiguration().getSSLOptions())
                            .toCompletionStage()
                            .toCompletableFuture()
                            .get(limit.toMillis(), TimeUnit.MILLISECONDS);
                    if (replaced) {
                        LOG.infof("certificate replaced tls=%s", event.name());
                    }
                }
            }
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf(
                    e, "the certificate was not replaced, the previous certificate stays in use tls=%s", event.name());
        } finally {
            connections.release();
        }
    }
}
