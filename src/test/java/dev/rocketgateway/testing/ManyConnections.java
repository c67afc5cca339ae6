package dev.rocketgateway.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sends a large body over each of many connections at once, again and again, on two threads.
 *
 * <p>A connection the server closes after an answer is opened again, as every caller would.
 */
public final class ManyConnections {

    /** In the answers: the server closed the connection, or did not answer in time. */
    public static final int NO_ANSWER = -1;

    /** Otherwise the buffers of thousands of connections grow to megabytes, and fill the memory that the kernel has for TCP. */
    private static final int SEND_BUFFER = 128 * 1024;

    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    private final HttpClient client;
    private final URI server;
    private final List<String> paths;
    private final ByteBuf bytes;
    private final long end;
    private final CountDownLatch running;
    private final Map<Integer, Integer> answers = new ConcurrentHashMap<>();

    private ManyConnections(
            HttpClient client, URI server, List<String> paths, int bodyBytes, int connections, Duration duration) {
        this.client = client;
        this.server = server;
        this.paths = paths;
        this.bytes = Unpooled.directBuffer(bodyBytes).writeZero(bodyBytes);
        this.end = System.nanoTime() + duration.toNanos();
        this.running = new CountDownLatch(connections);
    }

    /**
     * Goes on for the duration, and gives back how many requests were answered with each status.
     *
     * @param paths taken in turn by the connections
     */
    public static Map<Integer, Integer> post(
            URI server, List<String> paths, int bodyBytes, int connections, Duration duration) {
        var vertx = Vertx.vertx();
        try {
            var options = new HttpClientOptions()
                    .setMaxPoolSize(connections)
                    .setKeepAlive(true)
                    .setSendBufferSize(SEND_BUFFER);
            var load = new ManyConnections(
                    vertx.createHttpClient(options), server, paths, bodyBytes, connections, duration);
            for (int i = 0; i < connections; i++) {
                load.next(i);
            }
            if (!load.running.await(duration.plus(ANSWER_LIMIT).toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("%d connections wait for an answer; so far %s"
                        .formatted(load.running.getCount(), load.answers));
            }
            return Map.copyOf(load.answers);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    /** The same bytes for all requests: each would have a copy of its own outside of the heap, until it is written. */
    @SuppressWarnings("deprecation") // the only way to a buffer outside of the heap
    private Buffer body() {
        return Buffer.buffer(Unpooled.unreleasableBuffer(bytes.duplicate()));
    }

    private void next(int connection) {
        if (System.nanoTime() - end > 0) {
            running.countDown();
            return;
        }
        client.request(HttpMethod.POST, server.getPort(), server.getHost(), paths.get(connection % paths.size()))
                .compose(request -> request.send(body()))
                .compose(response -> response.body().map(read -> response.statusCode()))
                .onComplete(answer -> {
                    answers.merge(answer.succeeded() ? answer.result() : NO_ANSWER, 1, Integer::sum);
                    next(connection);
                });
    }
}
