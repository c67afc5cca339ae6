package dev.rocketgateway.tracing;

import static dev.rocketgateway.tracing.MessagingAttributes.BATCH_COUNT;
import static dev.rocketgateway.tracing.MessagingAttributes.BODY_SIZE;
import static dev.rocketgateway.tracing.MessagingAttributes.DELIVERY_TIME;
import static dev.rocketgateway.tracing.MessagingAttributes.DESTINATION;
import static dev.rocketgateway.tracing.MessagingAttributes.GROUP;
import static dev.rocketgateway.tracing.MessagingAttributes.KEYS;
import static dev.rocketgateway.tracing.MessagingAttributes.MESSAGE_ID;
import static dev.rocketgateway.tracing.MessagingAttributes.NAMESPACE;
import static dev.rocketgateway.tracing.MessagingAttributes.OPERATION_NAME;
import static dev.rocketgateway.tracing.MessagingAttributes.OPERATION_TYPE;
import static dev.rocketgateway.tracing.MessagingAttributes.ROCKETMQ;
import static dev.rocketgateway.tracing.MessagingAttributes.SYSTEM;
import static dev.rocketgateway.tracing.MessagingAttributes.TAG;
import static dev.rocketgateway.tracing.MessagingAttributes.TYPE;

import dev.rocketgateway.message.DeliverySchedule;
import dev.rocketgateway.message.OutgoingMessage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.Config;

/**
 * The spans of publishing.
 *
 * <pre>
 *   POST /topics/{topic}/messages     SERVER
 *    └─ send {topic}                  PRODUCER, one for each message; its context travels with the message
 *
 *   send {topic}                      CLIENT, one for each native batch, with links to the messages
 * </pre>
 * Thread-safe; never blocks. Without tracing, does nothing.
 */
@Singleton
public class SendTraces {

    private static final String SEND = "send";

    private final Tracing tracing;
    private final Optional<String> namespace;

    @Inject
    SendTraces(Tracing tracing, Config settings) {
        this(tracing, settings.getOptionalValue("gateway.rocketmq.namespace", String.class));
    }

    private SendTraces(Tracing tracing, Optional<String> namespace) {
        this.tracing = tracing;
        this.namespace = namespace;
    }

    /** Makes no spans. */
    public static SendTraces off() {
        return of(Tracing.off());
    }

    static SendTraces of(Tracing tracing) {
        return new SendTraces(tracing, Optional.empty());
    }

    /**
     * Starts the span of a message. If the publisher gave the message a context, the message keeps it, and the span has a link to it.
     * Otherwise, the message gets the context of the span.
     *
     * @param parent context of the request
     */
    public SendTrace begin(OutgoingMessage message, Context parent) {
        var requested = Span.fromContext(parent);
        if (!tracing.mayRecord(requested.getSpanContext().isValid())) {
            return SendTrace.none(message);
        }
        boolean carries = message.properties().containsKey(Tracing.TRACEPARENT);
        if (requested.getSpanContext().isValid() && !requested.getSpanContext().isSampled()) {
            // A child of a span that is not recorded is not recorded either, so it needs no span of its own.
            return new SendTrace(carries ? message : with(requested, message), Span.getInvalid());
        }
        var span = start(SpanKind.PRODUCER, message, parent);
        if (span.isRecording()) {
            if (carries) {
                link(span, message);
            }
            describe(span, message);
        }
        return new SendTrace(carries ? message : with(span, message), span);
    }

    /** Starts a span. Attributes and links follow only if it is recorded, because most spans are not. */
    private Span start(SpanKind kind, OutgoingMessage message, Context parent) {
        var span = tracing.tracer()
                .spanBuilder(SEND + " " + message.topic())
                .setSpanKind(kind)
                .setParent(parent)
                .startSpan();
        if (span.isRecording()) {
            span.setAttribute(SYSTEM, ROCKETMQ);
            span.setAttribute(OPERATION_NAME, SEND);
            span.setAttribute(OPERATION_TYPE, SEND);
            span.setAttribute(DESTINATION, message.topic().toString());
        }
        return span;
    }

    private static void link(Span span, OutgoingMessage message) {
        span.addLink(Span.fromContext(Tracing.extract(message.properties())).getSpanContext());
    }

    private void describe(Span span, OutgoingMessage message) {
        span.setAttribute(MESSAGE_ID, message.id());
        span.setAttribute(BODY_SIZE, (long) message.body().length);
        span.setAttribute(TYPE, message.type().name().toLowerCase(Locale.ROOT));
        namespace.ifPresent(name -> span.setAttribute(NAMESPACE, name));
        message.tag().ifPresent(tag -> span.setAttribute(TAG, tag));
        if (!message.keys().isEmpty()) {
            span.setAttribute(KEYS, message.keys());
        }
        message.messageGroup().ifPresent(group -> span.setAttribute(GROUP, group));
        message.schedule()
                .filter(DeliverySchedule.At.class::isInstance)
                .map(DeliverySchedule.At.class::cast)
                .ifPresent(at -> span.setAttribute(DELIVERY_TIME, at.time().toEpochMilli()));
    }

    private static OutgoingMessage with(Span span, OutgoingMessage message) {
        Map<String, String> properties = new HashMap<>(message.properties());
        Tracing.inject(span, properties, (carrier, name, value) -> {
            if (carrier != null) {
                carrier.put(name, value);
            }
        });
        return new OutgoingMessage(
                message.id(),
                message.topic(),
                message.body(),
                message.tag(),
                message.keys(),
                properties,
                message.messageGroup(),
                message.schedule());
    }

    /** Sends a native batch in a span with links to the spans of its messages. */
    public <T> CompletionStage<T> together(List<OutgoingMessage> messages, Supplier<CompletionStage<T>> send) {
        if (!tracing.mayRecord(false)) {
            return send.get();
        }
        var span = start(SpanKind.CLIENT, messages.get(0), Context.root());
        if (!span.isRecording()) {
            return send.get();
        }
        messages.forEach(message -> link(span, message));
        span.setAttribute(BATCH_COUNT, (long) messages.size());
        return send.get()
                .whenComplete((sent, failure) -> SendTrace.end(
                        span, failure == null ? null : failure.getClass().getSimpleName()));
    }
}
