package dev.rocketgateway.deliver.report;

import com.fasterxml.jackson.core.JsonFactory;
import dev.rocketgateway.deliver.DeliverConfig;
import dev.rocketgateway.deliver.MessageForwarder;
import dev.rocketgateway.deliver.MessageForwarder.ForwardingFailedException;
import dev.rocketgateway.deliver.event.DeadLettering;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.DeliveryState;
import dev.rocketgateway.message.BoundedThreads;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import org.jboss.logging.Logger;

/**
 * Publishes events about subscriptions to a topic, if one is configured. The events are CloudEvents of the RocketMQ binding, so
 * that a subscription can deliver them as webhooks.
 *
 * <p>One thread publishes. If a slow broker fills the queue, further events are dropped and logged, because deliveries must not
 * wait.
 */
@ApplicationScoped
class OperatorEvents implements DeliveryListener {

    private static final Logger LOG = Logger.getLogger(OperatorEvents.class);

    private static final String TYPE_PREFIX = "dev.rocketgateway.subscription.";
    private static final JsonFactory JSON = new JsonFactory();
    private static final int QUEUE = 1000;

    private final Optional<TopicName> topic;
    private final MessageForwarder forwarder;
    private final ThreadPoolExecutor publishing = BoundedThreads.create("gateway-events", 1, QUEUE);

    OperatorEvents(DeliverConfig config, MessageForwarder forwarder) {
        this.topic = config.eventsTopic().map(TopicName::new);
        this.forwarder = forwarder;
    }

    @PreDestroy
    void stop() {
        publishing.shutdownNow();
    }

    @Override
    public void stateChanged(String subscription, DeliveryState before, DeliveryState after) {
        // A parked subscription starts for each probe, but it is held the whole time.
        if (after instanceof DeliveryState.Holding && before instanceof DeliveryState.Running) {
            publish(subscription, "held", why(after));
        } else if (after instanceof DeliveryState.Running && before instanceof DeliveryState.Holding) {
            publish(subscription, "recovered", Map.of());
        } else if (after instanceof DeliveryState.Paused || after instanceof DeliveryState.Failed) {
            publish(subscription, after.label(), why(after));
        }
    }

    private static Map<String, String> why(DeliveryState state) {
        return state.why().map(reason -> Map.of("reason", reason)).orElse(Map.of());
    }

    @Override
    public void deadLettered(DeadLettering given) {
        // A dead letter of an event would cause another event, without end.
        if (topic.map(TopicName::value).equals(Optional.of(given.message().topic()))) {
            return;
        }
        var data = new LinkedHashMap<String, String>();
        data.put("messageId", given.message().id());
        data.put("topic", given.message().topic());
        data.put("attempts", String.valueOf(given.message().attempt()));
        data.put("reason", given.reason());
        data.put("detail", given.detail());
        publish(given.subscription(), "dead-lettered", data);
    }

    private void publish(String subscription, String kind, Map<String, String> data) {
        topic.ifPresent(to -> {
            try {
                publishing.execute(() -> send(event(to, subscription, kind, data), subscription, kind));
            } catch (RejectedExecutionException full) {
                LOG.warnf("event dropped, the broker is too slow subscription=%s event=%s", subscription, kind);
            }
        });
    }

    private void send(OutgoingMessage event, String subscription, String kind) {
        try {
            forwarder.forward(event);
        } catch (ForwardingFailedException e) {
            LOG.warnf(e, "event not published subscription=%s event=%s", subscription, kind);
        }
    }

    private OutgoingMessage event(TopicName to, String subscription, String kind, Map<String, String> data) {
        var id = forwarder.nextMessageId();
        return new OutgoingMessage(
                id,
                to,
                json(subscription, data),
                Optional.of(kind),
                List.of(subscription),
                Map.of(
                        "CE_specversion",
                        "1.0",
                        "CE_id",
                        id,
                        "CE_source",
                        "/subscriptions/" + subscription,
                        "CE_type",
                        TYPE_PREFIX + kind,
                        "CE_time",
                        Instant.now().toString(),
                        "CE_contenttype",
                        "application/json",
                        "contentType",
                        "application/json"),
                Optional.empty(),
                Optional.empty());
    }

    private static byte[] json(String subscription, Map<String, String> data) {
        var bytes = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("subscription", subscription);
            for (var entry : data.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
