package dev.rocketgateway.look.tail;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;

/** Writes the events of one tail to its response, and counts what the caller has not read. Used on the context of the connection. */
final class TailOutput {

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final TailFormat format;
    private final Budget budget;
    private final TailMetrics metrics;

    /** Whether an event was written since the last heartbeat. */
    private boolean active;

    private boolean ended;

    /** Written on the context only, and read by other tails. */
    private volatile long held;

    private volatile long progressAt;

    /** Whether the end has left for the caller. */
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
                // For proxies that would collect events.
                .putHeader("X-Accel-Buffering", "no");
        write(format.begin(id));
    }

    /** Calls this whenever the caller has read what was written. */
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
     * Says what was left out.
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

    /** Writes a sign of life, unless the caller has events to read anyway. */
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
                // The connection's own close waits until everything is written.
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

    /** How long the caller has read nothing of what is there for it, in nanoseconds; 0 if nothing is there. */
    long stuckFor() {
        return held == 0 ? 0 : System.nanoTime() - progressAt;
    }
}
