package dev.rocketgateway.testing;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/** An endpoint over TLS that speaks HTTP/2 and HTTP/1.1, and remembers what came over which connection. */
public final class TlsEndpoint implements AutoCloseable {

    /** Of 127.0.0.1. */
    public static final TestCertificate CERTIFICATE = TestCertificate.valid("ip:127.0.0.1");

    private final Vertx vertx = Vertx.vertx();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();
    private final int port;

    /** A request as it arrived. */
    public record Request(HttpServerRequest received, String body) {

        public HttpVersion version() {
            return received.version();
        }

        public HttpConnection connection() {
            return received.connection();
        }

        /** Answers 200. */
        public void answer() {
            received.response().end();
        }
    }

    private TlsEndpoint(HttpServerOptions options, BiConsumer<TlsEndpoint, Request> behaviour) {
        port = vertx.createHttpServer(options.setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertValue(Buffer.buffer(CERTIFICATE.certificatePem()))
                                .addKeyValue(Buffer.buffer(CERTIFICATE.keyPem()))))
                .connectionHandler(connection -> {
                    open.add(connection);
                    connection.closeHandler(closed -> open.remove(connection));
                })
                .requestHandler(received -> received.bodyHandler(body -> {
                    var request = new Request(received, body.toString());
                    requests.add(request);
                    behaviour.accept(this, request);
                }))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    /** Answers every request with 200. */
    public static TlsEndpoint answering() {
        return behaving((endpoint, request) -> request.answer());
    }

    public static TlsEndpoint behaving(BiConsumer<TlsEndpoint, Request> behaviour) {
        return behaving(new HttpServerOptions().setUseAlpn(true), behaviour);
    }

    /**
     * @param options without {@code useAlpn} it speaks HTTP/1.1 only
     */
    public static TlsEndpoint behaving(HttpServerOptions options, BiConsumer<TlsEndpoint, Request> behaviour) {
        return new TlsEndpoint(options, behaviour);
    }

    public URI url() {
        return URI.create("https://127.0.0.1:%d/hook".formatted(port));
    }

    /** What came so far. */
    public List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Those that are open now. */
    public Set<HttpConnection> connections() {
        return Set.copyOf(open);
    }

    /** Runs the task later, on a thread of its own. */
    public void after(long millis, Runnable task) {
        vertx.setTimer(millis, due -> task.run());
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
