package dev.rocketgateway.webhook.exchange;

import dev.rocketgateway.webhook.AnswerBody;
import dev.rocketgateway.webhook.WebhookOutcome.Answered;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * Reads the body of an endpoint's response, up to a maximum size. The status was read before and decides the outcome of the webhook,
 * even if the body breaks off.
 *
 * <p>Used on the event loop of the connection only.
 */
final class ResponseReading {

    private final HttpClientResponse response;
    private final long maxSize;
    private final Buffer body = Buffer.buffer();

    /**
     * @param maxSize maximum size of the body, in bytes; the rest is not read
     */
    ResponseReading(HttpClientResponse response, long maxSize) {
        this.response = response;
        this.maxSize = maxSize;
    }

    /**
     * Begins to read. Each event calls one of the three consumers, so more than one of them may be called.
     *
     * @param whole gets the response when its body is complete
     * @param cut gets the response when its body is too long
     * @param broken gets the response when its connection breaks
     */
    void read(Consumer<Answered> whole, Consumer<Answered> cut, Consumer<Answered> broken) {
        response.exceptionHandler(fault -> broken.accept(readSoFar()));
        response.endHandler(end -> whole.accept(answered(true)));
        response.handler(chunk -> {
            if (!append(chunk)) {
                cut.accept(readSoFar());
            }
        });
    }

    /** The response with an incomplete body. */
    Answered readSoFar() {
        return answered(false);
    }

    /** Appends a chunk; false when the limit is exceeded. */
    private boolean append(Buffer chunk) {
        int room = (int) Math.min(chunk.length(), maxSize - body.length());
        body.appendBuffer(chunk, 0, room);
        return room == chunk.length();
    }

    private Answered answered(boolean whole) {
        var retryAfter = RetryAfter.parse(response.getHeader("Retry-After"), response.getHeader("Date"), Instant.now());
        var content = new AnswerBody(body.getBytes(), whole, joined("Content-Type"), joined("Content-Encoding"));
        return new Answered(response.statusCode(), retryAfter, content);
    }

    private String joined(String header) {
        return String.join(", ", response.headers().getAll(header));
    }
}
