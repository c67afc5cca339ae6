package dev.rocketgateway.tracing;

import static dev.rocketgateway.tracing.MessagingAttributes.ATTEMPT;
import static dev.rocketgateway.tracing.MessagingAttributes.BATCH_COUNT;
import static dev.rocketgateway.tracing.MessagingAttributes.BODY_SIZE;
import static dev.rocketgateway.tracing.MessagingAttributes.CONSUMER_GROUP;
import static dev.rocketgateway.tracing.MessagingAttributes.DESTINATION;
import static dev.rocketgateway.tracing.MessagingAttributes.KEYS;
import static dev.rocketgateway.tracing.MessagingAttributes.MESSAGE_ID;
import static dev.rocketgateway.tracing.MessagingAttributes.OPERATION_NAME;
import static dev.rocketgateway.tracing.MessagingAttributes.OPERATION_TYPE;
import static dev.rocketgateway.tracing.MessagingAttributes.ROCKETMQ;
import static dev.rocketgateway.tracing.MessagingAttributes.SUBSCRIPTION;
import static dev.rocketgateway.tracing.MessagingAttributes.SYSTEM;
import static dev.rocketgateway.tracing.MessagingAttributes.TAG;

import dev.rocketgateway.message.ReceivedMessage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The spans of delivering.
 *
 * <pre>
 *   process {topic}                   CONSUMER, one for each webhook, with links to the spans that published its messages
 *    └─ POST                          CLIENT, the webhook, whose context the endpoint gets; see {@link WebhookTraces}
 *
 *   POST …/messages:receive           SERVER
 *    └─ receive {topic}               CLIENT, with links to the spans that published the messages
 * </pre>
 * Thread-safe; never blocks. Without tracing, does nothing.
 */
@Singleton
public class DeliveryTraces {

    /** What a span says of a subscription. */
    public record Consumer(String subscription, String topic, String group) {}

    private static final String PROCESS = "process";
    private static final String RECEIVE = "receive";

    private final Tracing tracing;
    private final TracingConfig.Relation webhooks;
    private final ProcessTrace none = new ProcessTrace(Span.getInvalid());

    @Inject
    DeliveryTraces(Tracing tracing, TracingConfig config) {
        this(tracing, config.webhooks());
    }

    DeliveryTraces(Tracing tracing, TracingConfig.Relation webhooks) {
        this.tracing = tracing;
        this.webhooks = webhooks;
    }

    /** Makes no spans. */
    public static DeliveryTraces off() {
        return new DeliveryTraces(Tracing.off(), TracingConfig.Relation.LINK);
    }

    /** The span of one webhook. */
    public final class ProcessTrace {

        private final Span span;

        private ProcessTrace(Span span) {
            this.span = span;
        }

        /** The headers of the webhook with the context of the span. */
        public Map<String, String> headers(Map<String, String> headers) {
            if (!span.getSpanContext().isValid()) {
                return headers;
            }
            var with = new HashMap<>(headers);
            Tracing.inject(span, with, (carrier, name, value) -> {
                if (carrier != null) {
                    carrier.put(name, value);
                }
            });
            return with;
        }

        /**
         * Ends the span.
         *
         * @param error label of the outcome; null if the endpoint accepted the webhook
         */
        public void end(@Nullable String error) {
            SendTrace.end(span, error);
        }
    }

    /** Starts the span of a webhook. */
    public ProcessTrace process(Consumer consumer, List<ReceivedMessage> messages) {
        boolean child = messages.size() == 1 && webhooks == TracingConfig.Relation.CHILD;
        if (!tracing.mayRecord(child)) {
            return none;
        }
        var published = child ? Tracing.extract(messages.get(0).properties()) : Context.root();
        var span = start(PROCESS, SpanKind.CONSUMER, consumer, published);
        if (span.isRecording()) {
            if (published == Context.root()) {
                link(span, messages);
            }
            describe(span, messages);
        }
        return new ProcessTrace(span);
    }

    /**
     * Records that a worker received messages.
     *
     * @param parent context of its request
     */
    public void received(Consumer consumer, List<ReceivedMessage> messages, Context parent) {
        if (tracing.mayRecord(Span.fromContext(parent).getSpanContext().isValid())) {
            var span = start(RECEIVE, SpanKind.CLIENT, consumer, parent);
            if (span.isRecording()) {
                link(span, messages);
                describe(span, messages);
            }
            span.end();
        }
    }

    private static void link(Span span, List<ReceivedMessage> messages) {
        for (var message : messages) {
            span.addLink(Span.fromContext(Tracing.extract(message.properties())).getSpanContext());
        }
    }

    /** Starts a span. Attributes and links follow only if it is recorded, because most spans are not. */
    private Span start(String operation, SpanKind kind, Consumer consumer, Context parent) {
        var span = tracing.tracer()
                .spanBuilder(operation + " " + consumer.topic())
                .setSpanKind(kind)
                .setParent(parent)
                .startSpan();
        if (span.isRecording()) {
            span.setAttribute(SYSTEM, ROCKETMQ);
            span.setAttribute(OPERATION_NAME, operation);
            span.setAttribute(OPERATION_TYPE, operation);
            span.setAttribute(DESTINATION, consumer.topic());
            span.setAttribute(CONSUMER_GROUP, consumer.group());
            span.setAttribute(SUBSCRIPTION, consumer.subscription());
        }
        return span;
    }

    private static void describe(Span span, List<ReceivedMessage> messages) {
        if (messages.size() != 1) {
            span.setAttribute(BATCH_COUNT, (long) messages.size());
            return;
        }
        var message = messages.get(0);
        span.setAttribute(MESSAGE_ID, message.id());
        span.setAttribute(BODY_SIZE, (long) message.body().length);
        span.setAttribute(ATTEMPT, (long) message.attempt());
        message.tag().ifPresent(tag -> span.setAttribute(TAG, tag));
        if (!message.keys().isEmpty()) {
            span.setAttribute(KEYS, message.keys());
        }
    }
}
