package dev.rocketgateway.publish;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Reads a request body line by line as it arrives and hands the lines on in pieces.
 *
 * <p>While a piece is with its taker nothing is read, so that the caller is slowed down to what the broker takes and memory
 * stays bounded however long the body is.
 *
 * <pre>
 *  socket ──▶ line being read ──▶ piece ──▶ taker
 *    ▲                                        │
 *    └──────── paused until it is done ◀──────┘
 * </pre>
 * Blank lines are skipped, and a carriage return before the line feed belongs to the line end. Runs on the request's event
 * loop.
 */
final class LineStream {

    /** What a taker does with a piece: completes with whether to go on; fails with a {@link GatewayException}. */
    interface Taker extends Function<List<Line>, CompletionStage<Boolean>> {}

    /** One line without its end, or only its length if that is more than a message may have. */
    record Line(byte[] bytes, boolean tooLong) {}

    private static final int PIECE_LINES = 1000;
    private static final int PIECE_BYTES = 1 << 20;
    private static final int FIRST_CAPACITY = 1024;
    private static final byte[] NOTHING = {};

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final InFlightLimit.Permit permit;
    private final int maxLine;
    private final Duration timeout;
    private final Taker taker;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final List<Line> piece = new ArrayList<>();
    private int pieceBytes;
    private byte[] line = new byte[FIRST_CAPACITY];
    private int length;
    private boolean tooLong;
    private long reserved;
    private boolean taking;
    private boolean ended;
    private long timer;

    private LineStream(
            Vertx vertx,
            HttpServerRequest request,
            InFlightLimit.Permit permit,
            int maxLine,
            Duration timeout,
            Taker taker) {
        this.vertx = vertx;
        this.request = request;
        this.permit = permit;
        this.maxLine = maxLine;
        this.timeout = timeout;
        this.taker = taker;
    }

    /**
     * @param permit grows with what is kept in memory; still the caller's to release
     * @param maxLine bytes; longer lines are handed on without their content
     * @param timeout how long the caller may send nothing
     * @return completes when the body has ended and everything was taken, or the taker has had enough; fails with
     *     {@link GatewayException} only
     */
    static CompletableFuture<Void> read(
            Vertx vertx,
            HttpServerRequest request,
            InFlightLimit.Permit permit,
            int maxLine,
            Duration timeout,
            Taker taker) {
        var stream = new LineStream(vertx, request, permit, maxLine, timeout, taker);
        stream.start();
        return stream.done;
    }

    private void start() {
        done.whenComplete((nothing, failure) -> {
            vertx.cancelTimer(timer);
            piece.clear();
            line = NOTHING;
        });
        request.handler(this::append);
        request.endHandler(end -> finish());
        request.exceptionHandler(broken -> done.completeExceptionally(GatewayException.causedBy(
                broken, ProblemType.MALFORMED_BODY, "The connection closed before the whole body had arrived.")));
        if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
            request.response().writeContinue();
        }
        read();
    }

    private void read() {
        timer = vertx.setTimer(
                Math.max(1, timeout.toMillis()),
                silent -> done.completeExceptionally(GatewayException.of(
                        ProblemType.REQUEST_TIMEOUT,
                        "The caller sent nothing for %d ms; messages sent before may have been stored."
                                .formatted(timeout.toMillis()))));
        request.resume();
    }

    private void append(Buffer chunk) {
        if (done.isDone()) {
            return;
        }
        vertx.cancelTimer(timer);
        try {
            var bytes = chunk.getBytes();
            int start = 0;
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == '\n') {
                    addToLine(bytes, start, i);
                    endLine();
                    start = i + 1;
                }
            }
            addToLine(bytes, start, bytes.length);
            takeIfDue();
        } catch (GatewayException overloaded) {
            done.completeExceptionally(overloaded);
        }
        if (!taking && !ended && !done.isDone()) {
            read();
        }
    }

    private void finish() {
        ended = true;
        try {
            endLine();
            takeIfDue();
        } catch (GatewayException overloaded) {
            done.completeExceptionally(overloaded);
        }
    }

    private void addToLine(byte[] bytes, int start, int end) {
        int more = end - start;
        // One more than the line may have: its end can begin with a carriage return.
        if (tooLong || (long) length + more > maxLine + 1L) {
            tooLong = true;
            length = 0;
            return;
        }
        if (length + more > line.length) {
            line = Arrays.copyOf(line, Math.max(length + more, Math.min(2 * line.length, maxLine + 1)));
            reserve();
        }
        System.arraycopy(bytes, start, line, length, more);
        length += more;
    }

    private void endLine() {
        int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        if (tooLong || end > maxLine) {
            piece.add(new Line(NOTHING, true));
        } else if (!isBlank(end)) {
            piece.add(new Line(Arrays.copyOf(line, end), false));
            pieceBytes += end;
            reserve();
        }
        length = 0;
        tooLong = false;
    }

    private boolean isBlank(int end) {
        for (int i = 0; i < end; i++) {
            if (line[i] != ' ' && line[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    /** Keeps the permit at the most that was in memory at once. */
    private void reserve() {
        long needed = (long) line.length + pieceBytes;
        if (needed > reserved) {
            permit.reserve((int) (needed - reserved));
            reserved = needed;
        }
    }

    private void takeIfDue() {
        if (taking || done.isDone()) {
            return;
        }
        if (piece.size() >= PIECE_LINES || pieceBytes >= PIECE_BYTES || (ended && !piece.isEmpty())) {
            take();
        } else if (ended) {
            done.complete(null);
        }
    }

    private void take() {
        var context = vertx.getOrCreateContext();
        taking = true;
        request.pause();
        vertx.cancelTimer(timer);
        var taken = List.copyOf(piece);
        piece.clear();
        pieceBytes = 0;
        taker.apply(taken)
                .whenComplete((goOn, failure) -> context.runOnContext(back -> {
                    taking = false;
                    if (failure != null) {
                        done.completeExceptionally(failure);
                    } else if (!goOn) {
                        done.complete(null);
                    } else {
                        takeIfDue();
                        if (!taking && !ended && !done.isDone()) {
                            read();
                        }
                    }
                }));
    }
}
