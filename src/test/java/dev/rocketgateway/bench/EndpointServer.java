package dev.rocketgateway.bench;

import dev.rocketgateway.testing.TestCertificate;
import dev.rocketgateway.testing.TlsEndpoint;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The endpoint that all sides of {@link DeliveryBench} post to: a process of its own with one thread, which answers 200 after a
 * delay that is set for all, and counts.
 *
 * <pre>
 *   POST /hook/&lt;side&gt;   a message, whose body begins with its number and a space
 *   GET  /count/&lt;side&gt;  how many were answered, and how many different numbers
 *   GET  /counts         the same of all sides together
 *   POST /delay/&lt;ms&gt;    for the requests that come from now on
 *   GET  /tls            the port where it does the same over TLS, by HTTP/2 or HTTP/1.1
 *   GET  /certificate    in PEM, to be trusted there
 * </pre>
 */
public final class EndpointServer {

    /** Many subscriptions connect at the same moment. */
    private static final int CONNECTIONS_AT_ONCE = 4096;

    private static final TestCertificate CERTIFICATE = TlsEndpoint.CERTIFICATE;

    private final Vertx vertx;
    private HttpServer tls;
    private final Map<String, Count> counts = new HashMap<>();
    private long delayMillis;

    private static final class Count {

        private final BitSet seen = new BitSet();
        private long answered;
    }

    private EndpointServer(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Public, for the launcher calls it. */
    public static void main(String[] none) {
        var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        var endpoint = new EndpointServer(vertx);
        endpoint.tls = vertx.createHttpServer(new HttpServerOptions()
                        .setUseAlpn(true)
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertValue(Buffer.buffer(CERTIFICATE.certificatePem()))
                                .addKeyValue(Buffer.buffer(CERTIFICATE.keyPem()))))
                .requestHandler(endpoint::handle);
        endpoint.tls
                .listen(0, "127.0.0.1")
                .onSuccess(listening -> BenchProcess.announce(
                        vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(CONNECTIONS_AT_ONCE))
                                .requestHandler(endpoint::handle)))
                .onFailure(cause -> System.exit(1));
    }

    private void handle(HttpServerRequest request) {
        var path = request.path().split("/");
        switch (path[1]) {
            case "hook" -> {
                var count = counts.computeIfAbsent(path[2], side -> new Count());
                long delay = delayMillis;
                request.bodyHandler(body -> {
                    if (delay == 0) {
                        answer(request, body, count);
                    } else {
                        vertx.setTimer(delay, due -> answer(request, body, count));
                    }
                });
            }
            case "count" -> {
                var count = counts.getOrDefault(path[2], new Count());
                request.response().end(count.answered + " " + count.seen.cardinality());
            }
            case "tls" -> request.response().end(String.valueOf(tls.actualPort()));
            case "certificate" -> request.response().end(CERTIFICATE.authorityPem());
            case "counts" ->
                request.response()
                        .end(counts.values().stream()
                                        .mapToLong(count -> count.answered)
                                        .sum()
                                + " "
                                + counts.values().stream()
                                        .mapToLong(count -> count.seen.cardinality())
                                        .sum());
            default -> {
                delayMillis = Long.parseLong(path[2]);
                request.response().end();
            }
        }
    }

    private static void answer(HttpServerRequest request, Buffer body, Count count) {
        if (request.response().closed()) {
            return;
        }
        int number = 0;
        for (int i = 0; body.getByte(i) != ' '; i++) {
            number = number * 10 + body.getByte(i) - '0';
        }
        count.seen.set(number);
        count.answered++;
        request.response().end();
    }
}
