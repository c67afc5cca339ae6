package dev.rocketgateway.tracing;

import dev.rocketgateway.message.OutgoingMessage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import org.jspecify.annotations.Nullable;

/**
 * The span of sending one message.
 *
 * @param message the message to send: the given one, with the context of the span as properties
 */
public record SendTrace(OutgoingMessage message, Span span) {

    static SendTrace none(OutgoingMessage message) {
        return new SendTrace(message, Span.getInvalid());
    }

    /**
     * Ends the span.
     *
     * @param error code of the problem; null if the message is stored or handed over
     */
    public void end(@Nullable String error) {
        end(span, error);
    }

    static void end(Span span, @Nullable String error) {
        if (error != null) {
            span.setAttribute(MessagingAttributes.ERROR_TYPE, error);
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }
}
