package dev.rocketgateway.testing;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Sends the same request over many connections, on each the next as soon as the last is answered. */
public final class LoadGenerator {

    /** What is counted where no answer came. */
    public static final int NO_ANSWER = 0;

    private static final int LIMIT_SECONDS = 300;

    private final URI server;
    private final String path;
    private final Buffer body;
    private final Map<Integer, Integer> answers = new ConcurrentHashMap<>();

    private LoadGenerator(URI server, String path, byte[] body) {
        this.server = server;
        this.path = path;
        this.body = Buffer.buffer(body);
    }

    public static LoadGenerator post(URI server, String path, byte[] body) {
        return new LoadGenerator(server, path, body);
    }

    /** Sends them all and gives back how many were answered with each status. */
    public Map<Integer, Integer> send(int requests, int connections) {
        var vertx = Vertx.vertx();
        try {
            var client = vertx.createHttpClient(
                    new HttpClientOptions().setDefaultHost(server.getHost()).setDefaultPort(server.getPort()),
                    new PoolOptions().setHttp1MaxSize(connections));
            var left = new AtomicInteger(requests);
            var done = new CountDownLatch(requests);
            for (int i = 0; i < connections; i++) {
                next(client, left, done);
            }
            if (!done.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("%d requests were not answered".formatted(done.getCount()));
            }
            return Map.copyOf(answers);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            vertx.close();
        }
    }

    private void next(HttpClient client, AtomicInteger left, CountDownLatch done) {
        if (left.getAndDecrement() <= 0) {
            return;
        }
        client.request(HttpMethod.POST, path)
                .compose(request -> request.send(body))
                .compose(response -> response.end().map(response.statusCode()))
                .otherwise(NO_ANSWER)
                .onSuccess(status -> {
                    answers.merge(status, 1, Integer::sum);
                    done.countDown();
                    next(client, left, done);
                });
    }
}
