package dev.rocketgateway.look.tail;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;

/** Writes the events of one tail to its response, and counts the unread bytes. Used on the context of the connection. */
final class TailOutput {

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final TailFormat format;
    private final Budget budget;
    private final TailMetrics metrics;

    /** Whether an event was written since the last heartbeat. */
    private boolean active;

    private boolean ended;

    /** Changed on the context only; other tails read this field. */
    private volatile long held;

    private volatile long progressAt;

    /** Whether the end of the stream was sent to the caller. */
    private boolean finished;

    TailOutput(HttpServerRequest request, TailFormat format, Budget budget, TailMetrics metrics) {
        this.request = request;
        this.response = request.response();
        this.format = format;
        this.budget = budget;
        this.metrics = metrics;
    }

    /** Writes the head of the response and the first event. */
    void begin(String id) {
        response.setStatusCode(200)
                .setChunked(true)
                .putHeader("Content-Type", format.mediaType())
                .putHeader("Cache-Control", "no-store")
                // Proxies must pass on each event at once.
                .putHeader("X-Accel-Buffering", "no");
        write(format.begin(id));
    }

    /** Sets the code to call whenever the caller has read what was written. */
    void onDrained(Runnable drained) {
        response.drainHandler(nothing -> drained.run());
    }

    boolean ended() {
        return ended || response.ended() || response.closed();
    }

    /** Whether the caller has read enough for another event. */
    boolean accepts() {
        return !ended() && !response.writeQueueFull();
    }

    void message(String id, byte[] data) {
        write(format.event(TailFormat.MESSAGE, id, data));
        metrics.sent();
    }

    /**
     * Writes the event {@code dropped}, which lists the dropped messages.
     *
     * @param reason {@code slow}, or {@code deleted} by the broker
     */
    void dropped(String id, String reason, List<Gap> gaps) {
        long messages = gaps.stream().mapToLong(Gap::size).sum();
        write(format.event("dropped", id, TailFormat.object(json -> {
            json.writeNumberField("messages", messages);
            json.writeStringField("reason", reason);
            json.writeArrayFieldStart("queues");
            for (var gap : gaps) {
                json.writeStartObject();
                json.writeStringField("brokerName", gap.queue().brokerName());
                json.writeNumberField("queueId", gap.queue().queueId());
                json.writeNumberField("from", gap.from());
                json.writeNumberField("to", gap.to());
                json.writeEndObject();
            }
            json.writeEndArray();
        })));
        metrics.dropped(reason, messages);
    }

    /** Writes a heartbeat, unless there were events since the last heartbeat or the caller has unread events. */
    void heartbeat(String id) {
        if (!active && accepts()) {
            write(format.heartbeat(id));
        }
        active = false;
    }

    /**
     * Ends the stream.
     *
     * @param reason {@code limit}, {@code time} or {@code shutting-down}
     */
    void end(String id, String reason) {
        if (!ended()) {
            ended = true;
            write(format.event("end", id, TailFormat.object(json -> json.writeStringField("reason", reason))));
            response.end().onComplete(done -> finished = true);
        }
    }

    /** Closes the connection, or the stream of HTTP/2, if the caller has not read the end. */
    void abort() {
        if (!finished && !response.closed()) {
            if (request.version() == HttpVersion.HTTP_2) {
                response.reset();
            } else {
                // Closing the connection in the normal way would wait until all bytes are written.
                ((ConnectionBase) request.connection()).channel().close();
            }
        }
    }

    private void write(Buffer event) {
        active = true;
        int bytes = event.length();
        if (held == 0) {
            progressAt = System.nanoTime();
        }
        held += bytes;
        budget.add(bytes);
        response.write(event).onComplete(done -> {
            held -= bytes;
            progressAt = System.nanoTime();
            budget.remove(bytes);
        });
    }

    /** Number of bytes that the caller has not read. */
    long held() {
        return held;
    }

    /** How long the caller has read none of the written bytes, in nanoseconds; 0 if there are no unread bytes. */
    long stuckFor() {
        return held == 0 ? 0 : System.nanoTime() - progressAt;
    }
}
