package dev.rocketgateway.publish.batch;

import dev.rocketgateway.message.Durations;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.MalformedChunksException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.publish.admission.InFlightLimit;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Reads a request body line by line as it arrives, and passes the lines on in pieces.
 *
 * <p>While the taker has a piece, nothing is read. So the caller is slowed down to the speed of the broker, and memory stays
 * bounded for a body of any length.
 *
 * <pre>
 *  socket ──▶ line being read ──▶ piece ──▶ taker
 *    ▲                                        │
 *    └──────── paused until it is done ◀──────┘
 * </pre>
 * Runs on the request's event loop.
 */
final class LineStream {

    /**
     * Processes the pieces of a stream. The stage completes with true to continue and with false to stop, or fails with a
     * {@link GatewayException}.
     */
    interface Taker {

        /**
         * @param lastRead time of the last read, by {@link System#nanoTime()}
         */
        CompletionStage<Boolean> take(List<LineBuffer.Line> piece, long lastRead);
    }

    private static final long NO_TIMER = -1;

    /** How long complete lines wait for further lines before they are passed on. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Context eventLoop;
    private final HttpServerRequest request;
    private final InFlightLimit.Permit permit;
    private final Duration timeout;
    private final Taker taker;
    private final CompletableFuture<Boolean> done = new CompletableFuture<>();
    private final LineBuffer lines;
    private long reserved;
    private long lastRead = System.nanoTime();
    private boolean taking;
    private boolean ended;
    private long timer = NO_TIMER;
    private long flushTimer = NO_TIMER;
    private @Nullable RuntimeException failure;

    private LineStream(
            Vertx vertx,
            HttpServerRequest request,
            InFlightLimit.Permit permit,
            LineBuffer lines,
            Duration timeout,
            Taker taker) {
        this.vertx = vertx;
        this.eventLoop = vertx.getOrCreateContext();
        this.request = request;
        this.permit = permit;
        this.lines = lines;
        this.timeout = timeout;
        this.taker = taker;
    }

    /**
     * Starts reading the body of the request.
     *
     * @param permit grows with the bytes in memory; the caller releases it
     * @param lines an empty buffer
     * @param timeout how long the caller may pause between two chunks
     */
    static LineStream read(
            Vertx vertx,
            HttpServerRequest request,
            InFlightLimit.Permit permit,
            LineBuffer lines,
            Duration timeout,
            Taker taker) {
        var stream = new LineStream(vertx, request, permit, lines, timeout, taker);
        stream.start();
        return stream;
    }

    /**
     * Completes with true when the body has ended and the taker has processed everything, with false when the taker stopped
     * earlier; fails with {@link GatewayException}, or by a bug.
     */
    CompletableFuture<Boolean> done() {
        return done;
    }

    /** Stops reading after the current piece is processed. May be called from any thread. */
    void stop(GatewayException why) {
        eventLoop.runOnContext(now -> fail(why));
    }

    private void start() {
        done.whenComplete((nothing, failed) -> {
            vertx.cancelTimer(timer);
            vertx.cancelTimer(flushTimer);
            lines.clear();
        });
        request.handler(this::append);
        request.endHandler(end -> finish());
        request.exceptionHandler(broken -> fail(MalformedChunksException.problemOf(broken)));
        if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
            request.response().writeContinue();
        }
        read();
    }

    private void read() {
        timer = vertx.setTimer(
                Math.max(1, timeout.toMillis()),
                silent -> fail(GatewayException.of(
                        ProblemType.REQUEST_TIMEOUT,
                        "No byte of the body arrived for %s.".formatted(Durations.format(timeout)))));
        request.resume();
    }

    private void append(Buffer chunk) {
        if (done.isDone()) {
            return;
        }
        vertx.cancelTimer(timer);
        lastRead = System.nanoTime();
        try {
            lines.add(chunk.getBytes());
            reserve();
            takeIfDue();
        } catch (RuntimeException overloaded) {
            fail(overloaded);
        }
        if (!taking && !ended && !done.isDone()) {
            read();
        }
    }

    private void finish() {
        ended = true;
        if (done.isDone()) {
            return;
        }
        try {
            lines.end();
            reserve();
            takeIfDue();
        } catch (RuntimeException overloaded) {
            fail(overloaded);
        }
    }

    /** Fails the stream. While the taker has a piece, waits until the piece is processed, because its results come first. */
    private void fail(RuntimeException problem) {
        if (taking) {
            failure = problem;
        } else {
            done.completeExceptionally(problem);
        }
    }

    /** Reserves memory. The permit keeps the largest size that was in memory at any time. */
    private void reserve() {
        long needed = lines.heldBytes();
        if (needed > reserved) {
            permit.reserve(needed - reserved);
            reserved = needed;
        }
    }

    private void takeIfDue() {
        if (taking || done.isDone()) {
            return;
        }
        if (lines.isPieceFull() || (ended && !lines.isEmpty())) {
            take();
        } else if (ended) {
            done.complete(true);
        } else if (!lines.isEmpty() && flushTimer == NO_TIMER) {
            flushTimer = vertx.setTimer(PATIENCE.toMillis(), waited -> {
                if (!taking && !done.isDone()) {
                    take();
                }
            });
        }
    }

    private void take() {
        taking = true;
        vertx.cancelTimer(timer);
        vertx.cancelTimer(flushTimer);
        flushTimer = NO_TIMER;
        if (!ended) {
            request.pause();
        }
        taken(lines.nextPiece())
                .whenComplete((goOn, bug) -> eventLoop.runOnContext(back -> {
                    taking = false;
                    if (bug != null) {
                        done.completeExceptionally(bug);
                    } else if (failure != null && !isReadToEnd()) {
                        done.completeExceptionally(failure);
                    } else if (!goOn) {
                        done.complete(isReadToEnd());
                    } else {
                        takeIfDue();
                        if (!taking && !ended && !done.isDone()) {
                            read();
                        }
                    }
                }));
    }

    /** Whether the whole body was read; a later failure does not affect any line. */
    private boolean isReadToEnd() {
        return ended && lines.isEmpty();
    }

    private CompletionStage<Boolean> taken(List<LineBuffer.Line> piece) {
        try {
            return taker.take(piece, lastRead);
        } catch (RuntimeException bug) {
            return CompletableFuture.failedStage(bug);
        }
    }
}
