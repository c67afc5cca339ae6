package dev.rocketgateway.look.tail;

import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.look.LookConfig;
import dev.rocketgateway.look.LookThreads;
import dev.rocketgateway.look.TopicReads;
import dev.rocketgateway.look.TopicReads.Queue;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs the tails of this replica. The tails share a watch for each topic, permits for reads, and the limit of bytes. A tail has no thread of
 * its own. Thread-safe.
 */
@ApplicationScoped
public class Tails {

    /** Time in which a slow caller can read the last events. Its connection is then closed, because the stop waits for it. */
    private static final long FOR_THE_LAST_EVENT_MILLIS = 1000;

    private final TopicReads reads;

    /** Separate threads, because a frozen broker can block them. Requests of callers use other threads. */
    private final LookThreads threads = new LookThreads("gateway-tail");

    private final LookConfig.TailConfig config;
    private final TailMetrics metrics;
    private final Vertx vertx;
    private final ReadPermits permits;
    private final Budget budget;
    private final Map<TopicName, TopicWatch> watches = new HashMap<>();
    private final Map<Tail, Context> running = new ConcurrentHashMap<>();
    private volatile boolean stopped;

    Tails(TopicReads reads, LookConfig config, TailMetrics metrics, Vertx vertx) {
        this.reads = reads;
        this.config = config.tail();
        this.metrics = metrics;
        this.vertx = vertx;
        this.permits = new ReadPermits(this.config.maxReads());
        this.budget = new Budget(this.config.maxBuffered().asLongValue());
        metrics.heldBy(budget);
    }

    /** Ends all streams; their callers can continue on another replica. Refuses new streams from now on. */
    public void stop() {
        stopped = true;
        running.forEach((tail, context) -> context.runOnContext(now -> {
            tail.end("shutting-down");
            vertx.setTimer(FOR_THE_LAST_EVENT_MILLIS, timer -> tail.abort());
        }));
    }

    @PreDestroy
    void close() {
        threads.stop();
    }

    /**
     * Takes a permit for a stream; {@link #leave} returns the permit.
     *
     * @throws GatewayException {@code overloaded} or {@code shutting-down}
     */
    void enter() {
        if (stopped) {
            throw shuttingDown();
        }
        if (metrics.streams().incrementAndGet() > config.maxStreams()) {
            leave();
            throw GatewayException.of(
                            ProblemType.OVERLOADED,
                            "This replica has reached its limit of %d tails. Try again later."
                                    .formatted(config.maxStreams()))
                    .withRetryAfter(config.heartbeat());
        }
    }

    void leave() {
        metrics.streams().decrementAndGet();
    }

    private static GatewayException shuttingDown() {
        return GatewayException.of(
                ProblemType.SHUTTING_DOWN, "This replica is stopping; try again on another replica.");
    }

    /** Starts the stream of a request; on the context of its connection. */
    void start(TopicName topic, TailRequest request, TailStart begin, TailFormat format, RoutingContext exchange) {
        if (stopped) {
            throw shuttingDown();
        }
        var context = vertx.getOrCreateContext();
        var watch = join(topic);
        var position = new TailPosition(
                begin.offsets(),
                begin.live(),
                config.maxLag(),
                config.slowAfter().toNanos(),
                System::nanoTime);
        var output = new TailOutput(exchange.request(), format, budget, metrics);
        var tail = new Tail(this, topic, request, watch, position, output, context);
        watch.add(tail);
        running.put(tail, context);
        long heartbeat = vertx.setPeriodic(config.heartbeat().toMillis(), timer -> tail.heartbeat());
        long end = vertx.setTimer(duration(request).toMillis(), timer -> tail.end("time"));
        exchange.addEndHandler(done -> {
            vertx.cancelTimer(heartbeat);
            vertx.cancelTimer(end);
            running.remove(tail);
            part(topic, watch, tail);
            leave();
        });
        tail.start();
        if (stopped) {
            tail.end("shutting-down");
        }
    }

    private Duration duration(TailRequest request) {
        return request.duration()
                .filter(wanted -> wanted.compareTo(config.maxDuration()) < 0)
                .orElse(config.maxDuration());
    }

    private synchronized TopicWatch join(TopicName topic) {
        return watches.computeIfAbsent(topic, first -> {
            var watch = new TopicWatch(topic, reads, threads, vertx);
            watch.start(config.queueRefresh());
            return watch;
        });
    }

    private synchronized void part(TopicName topic, TopicWatch watch, Tail tail) {
        if (watch.remove(tail) && watches.remove(topic, watch)) {
            watch.stop();
        }
    }

    /** Closes the connection of the caller that has read nothing for the longest time, if this time exceeds {@code slow-after}. */
    void makeRoom() {
        running.keySet().stream()
                .max(Comparator.comparingLong(Tail::stuckFor))
                .filter(tail -> tail.stuckFor() > config.slowAfter().toNanos())
                .ifPresent(tail -> {
                    var context = running.get(tail);
                    if (context != null) {
                        context.runOnContext(now -> tail.abort());
                    }
                });
    }

    /**
     * Finds the first offset for a tail in a queue that appeared after the start of the tail. Never blocks.
     *
     * @param start time at which the tail begins in the queue, in milliseconds since 1970; 0 for the beginning
     */
    CompletableFuture<Long> locate(TopicName topic, Queue queue, long start) {
        try {
            return threads.run(() -> reads.offset(topic, queue, position(start)));
        } catch (GatewayException overloaded) {
            return CompletableFuture.failedFuture(overloaded);
        }
    }

    static Start position(long start) {
        return start == 0 ? new Start.Earliest() : new Start.At(Instant.ofEpochMilli(start));
    }

    TopicReads reads() {
        return reads;
    }

    ReadPermits permits() {
        return permits;
    }

    Budget budget() {
        return budget;
    }
}
