package dev.rocketgateway.look.tail;

import dev.rocketgateway.look.TopicReads.Batch;
import dev.rocketgateway.look.TopicReads.Queue;
import dev.rocketgateway.message.TopicName;
import io.vertx.core.Context;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One stream: reads messages in pieces, and reads the next piece only when the caller has read enough.
 *
 * <pre>
 * watch says: more ─▶ permit ─▶ read a piece of one queue ─▶ write what fits ─┬─▶ next piece
 *                                                                            └─▶ the caller is slow: wait until it has read
 * </pre>
 * The tail reads messages that did not fit again later, so a slow caller needs no memory. All state belongs to the context of the
 * connection. Other threads call only {@link #wake} and {@link #truncated}.
 */
final class Tail {

    private static final int PIECE = 32;
    private static final long RETRY_MILLIS = 1000;

    private final Tails shared;
    private final TopicName topic;
    private final TailRequest request;
    private final TopicWatch watch;
    private final TailPosition position;
    private final TailOutput output;
    private final Context context;
    private final AtomicBoolean woken = new AtomicBoolean();
    private int left;
    private boolean reading;
    private boolean paused;

    /** Size of the next message, if it was read but did not fit. The tail reads this message again only when it fits. */
    private long needed = 1;

    Tail(
            Tails shared,
            TopicName topic,
            TailRequest request,
            TopicWatch watch,
            TailPosition position,
            TailOutput output,
            Context context) {
        this.shared = shared;
        this.topic = topic;
        this.request = request;
        this.watch = watch;
        this.position = position;
        this.output = output;
        this.context = context;
        this.left = request.limit();
    }

    /** Starts the stream; on the context. */
    void start() {
        output.begin(position.id());
        output.onDrained(this::pump);
        pump();
    }

    /** Tells the tail that the watch knows of new messages. Any thread may call this method. */
    void wake() {
        if (woken.compareAndSet(false, true)) {
            context.runOnContext(now -> {
                woken.set(false);
                pump();
            });
        }
    }

    /** Tells the tail that a queue now ends earlier than before. Any thread may call this method. */
    void truncated(Queue queue, long end) {
        context.runOnContext(now -> position.truncate(queue, end));
    }

    /** Sends a heartbeat; on the context. */
    void heartbeat() {
        output.heartbeat(position.id());
    }

    /** Ends the stream; on the context. */
    void end(String reason) {
        output.end(position.id(), reason);
    }

    /** Closes the connection, if the stream has not ended; on the context. */
    void abort() {
        output.abort();
    }

    /** How long the caller has read nothing, in nanoseconds. Any thread may call this method. */
    long stuckFor() {
        return output.stuckFor();
    }

    private void pump() {
        if (output.ended()) {
            return;
        }
        locateNewQueues();
        position.observe(watch);
        if (reading || paused || !output.accepts()) {
            return;
        }
        var dropped = position.dropIfSlow(watch);
        if (!dropped.isEmpty()) {
            output.dropped(position.id(), "slow", dropped);
        }
        var queue = position.nextPending(watch);
        if (queue != null && !shared.budget().allows(needed)) {
            pause();
        } else if (queue != null) {
            reading = true;
            long offset = position.of(queue);
            shared.permits().acquire(() -> read(queue, offset));
        }
    }

    private void locateNewQueues() {
        for (var queue : position.unlocated(watch)) {
            shared.locate(topic, queue, position.start())
                    .whenComplete((offset, failure) -> context.runOnContext(now -> {
                        position.located(queue, offset);
                        if (offset == null) {
                            context.owner().setTimer(RETRY_MILLIS, timer -> wake());
                        } else {
                            pump();
                        }
                    }));
        }
    }

    /** Runs on any thread. */
    private void read(Queue queue, long offset) {
        shared.reads()
                .read(topic, queue, offset, PIECE, request.tags())
                .thenApply(Piece::of)
                .whenComplete((piece, failure) -> context.runOnContext(now -> {
                    try {
                        took(queue, offset, piece);
                    } finally {
                        shared.permits().release();
                    }
                }));
    }

    /** A piece of a queue that was read, with its messages in JSON. */
    private record Piece(Batch batch, List<byte[]> data) {

        static Piece of(Batch batch) {
            return new Piece(
                    batch, batch.messages().stream().map(TailFormat::data).toList());
        }
    }

    /**
     * @param piece null if the broker did not answer
     */
    private void took(Queue queue, long offset, @Nullable Piece piece) {
        if (output.ended()) {
            reading = false;
        } else {
            if (piece == null) {
                position.skipFor(queue, RETRY_MILLIS);
                context.owner().setTimer(RETRY_MILLIS, timer -> wake());
            } else if (position.of(queue) == offset) {
                write(queue, offset, piece);
            }
            // Set only now: a write can drain the connection and so call pump, which must not move the position during
            // the write.
            reading = false;
            pump();
        }
    }

    private void write(Queue queue, long offset, Piece piece) {
        long first = piece.batch().first();
        if (offset < first) {
            position.move(queue, first);
            output.dropped(position.id(), "deleted", List.of(new Gap(queue, offset, first)));
        }
        for (int i = 0; i < piece.data().size(); i++) {
            if (!output.accepts() || !shared.budget().allows(piece.data().get(i).length)) {
                needed = piece.data().get(i).length;
                return;
            }
            position.move(queue, piece.batch().messages().get(i).queueOffset() + 1);
            output.message(position.id(), piece.data().get(i));
            needed = 1;
            left--;
            if (left == 0) {
                end("limit");
                return;
            }
        }
        position.move(queue, Math.max(piece.batch().next(), position.of(queue)));
    }

    /**
     * Waits a moment, because the tails together hold the maximum number of bytes. If this caller has read everything, the gateway makes
     * room for it by closing the connection of a caller that reads nothing.
     */
    private void pause() {
        paused = true;
        if (output.held() == 0) {
            shared.makeRoom();
        }
        context.owner()
                .setTimer(
                        100,
                        timer -> context.runOnContext(now -> {
                            paused = false;
                            pump();
                        }));
    }
}
