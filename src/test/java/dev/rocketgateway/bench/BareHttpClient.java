package dev.rocketgateway.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway's HTTP client can do with nothing before it: the same client, the same bodies, as many in flight over as many
 * connections, and no broker. Each answer begins the next request.
 *
 * <pre>
 *   POST /start/&lt;in flight&gt;   begins
 *   POST /stop               begins no further request, and answers how many there were since the process began
 * </pre>
 */
public final class BareHttpClient {

    private static final Buffer FILLING = Buffer.buffer("x".repeat(Feeder.BODY));

    private final Vertx vertx;
    private final RequestOptions target;
    private final AtomicInteger sent = new AtomicInteger();
    private volatile @Nullable Run run;

    private BareHttpClient(Vertx vertx, URI target) {
        this.vertx = vertx;
        this.target = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setHost(target.getHost())
                .setPort(target.getPort())
                .setURI(target.getPath());
    }

    /**
     * @param arguments the URL to post to
     */
    public static void main(String[] arguments) {
        var vertx = Vertx.vertx();
        var client = new BareHttpClient(vertx, URI.create(arguments[0]));
        BenchProcess.announce(vertx.createHttpServer().requestHandler(client::handle));
    }

    private void handle(HttpServerRequest request) {
        var path = request.path().split("/");
        boolean starts = path[1].equals("start");
        run = null;
        if (starts) {
            var next = new Run(Integer.parseInt(path[2]));
            run = next;
            // Not from the event loop that serves the harness: the client would have all its connections there.
            new Thread(next::begin).start();
        }
        request.response().end(String.valueOf(sent.get()));
    }

    /** Has a client of its own, and closes it after the last answer. */
    private final class Run {

        private final HttpClient client;
        private final AtomicInteger inFlight;

        Run(int inFlight) {
            this.inFlight = new AtomicInteger(inFlight);
            this.client = vertx.createHttpClient(
                    new HttpClientOptions().setTcpNoDelay(true), new PoolOptions().setHttp1MaxSize(inFlight));
        }

        void begin() {
            int first = inFlight.get();
            for (int i = 0; i < first; i++) {
                post();
            }
        }

        private void post() {
            if (run != this) {
                if (inFlight.decrementAndGet() == 0) {
                    client.close();
                }
                return;
            }
            var body = Buffer.buffer(Feeder.BODY).appendString(sent.getAndIncrement() + " ");
            body.appendBuffer(FILLING, 0, Feeder.BODY - body.length());
            client.request(target)
                    .compose(request -> request.putHeader("Content-Type", "application/octet-stream")
                            .send(body))
                    .compose(response -> response.body())
                    .onComplete(answered -> post());
        }
    }
}
