package dev.rocketgateway.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Webhook endpoints, each on a port of its own, that answer 200 after a while or hang. One thread serves them all and no
 * request is kept, so that the machine is left to the gateway.
 */
final class PacedEndpoints implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final long answerAfterMillis;
    private final List<Endpoint> all;

    PacedEndpoints(int count, long answerAfterMillis) {
        this.answerAfterMillis = answerAfterMillis;
        all = IntStream.range(0, count).mapToObj(i -> new Endpoint()).toList();
    }

    List<Endpoint> all() {
        return all;
    }

    /** One of them. The body of each message begins with its number and a space. */
    final class Endpoint {

        private final HttpServer server;
        private final AtomicLong answered = new AtomicLong();
        private final AtomicInteger unanswered = new AtomicInteger();
        private final BitSet seen = new BitSet();
        private volatile boolean hanging;

        private Endpoint() {
            server = await(vertx.createHttpServer()
                    .requestHandler(this::handle)
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture());
        }

        URI url() {
            return URI.create("http://127.0.0.1:" + server.actualPort() + "/hook");
        }

        /** From the next request on. */
        void hang(boolean hang) {
            hanging = hang;
        }

        /** How many requests were answered. */
        long answered() {
            return answered.get();
        }

        /** How many requests hang now. */
        int unanswered() {
            return unanswered.get();
        }

        /** How many of the messages from 0 on were answered at least once. */
        int distinct() {
            synchronized (seen) {
                return seen.cardinality();
            }
        }

        private void handle(HttpServerRequest request) {
            if (hanging) {
                unanswered.incrementAndGet();
                request.response().closeHandler(gone -> unanswered.decrementAndGet());
                return;
            }
            request.bodyHandler(body -> vertx.setTimer(answerAfterMillis, due -> answer(request, body)));
        }

        private void answer(HttpServerRequest request, Buffer body) {
            if (request.response().closed()) {
                return;
            }
            int number = 0;
            for (int i = 0; body.getByte(i) != ' '; i++) {
                number = number * 10 + body.getByte(i) - '0';
            }
            synchronized (seen) {
                seen.set(number);
            }
            answered.incrementAndGet();
            request.response().end();
        }
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        await(vertx.close().toCompletionStage().toCompletableFuture());
    }
}
