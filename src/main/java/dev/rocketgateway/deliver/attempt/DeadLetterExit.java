package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.MessageForwarder;
import dev.rocketgateway.deliver.MessageForwarder.ForwardingFailedException;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.event.DeadLettering;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.subscription.DeadLetterPolicy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Handles messages that the gateway gives up, depending on the subscription's dead-letter mode.
 *
 * <pre>
 * deadLetter.mode | what happens                                              | settlement
 * ----------------|-----------------------------------------------------------|-------------
 * ROCKETMQ_DLQ    | the broker moves the message to %DLQ%&lt;group&gt;              | dead letter
 * TOPIC           | the gateway publishes a copy with the reason to the topic | acknowledged
 *                 | the copy cannot be published: the message is retried      | redeliver
 * DROP            | the message is discarded                                  | acknowledged
 * </pre>
 * Called on event loops and on threads that may block; with TOPIC only on the latter, because it waits for the broker.
 */
public final class DeadLetterExit {

    private static final Logger LOG = Logger.getLogger(DeadLetterExit.class);

    private final MessageForwarder forwarder;
    private final DeliveryListener listener;

    public DeadLetterExit(MessageForwarder forwarder, DeliveryListener listener) {
        this.forwarder = forwarder;
        this.listener = listener;
    }

    /** Handles a message that the gateway gives up, and returns what the broker must do with it. */
    public Settlement leave(DeadLettering given, DeadLetterPolicy settings, RetryPlan retries) {
        var settlement =
                switch (settings.mode()) {
                    case ROCKETMQ_DLQ -> new Settlement.DeadLetter();
                    case DROP -> new Settlement.Acknowledge();
                    case TOPIC -> forward(given, settings.topic().orElseThrow(), retries);
                };
        if (!(settlement instanceof Settlement.Redeliver)) {
            listener.deadLettered(given);
        }
        return settlement;
    }

    private Settlement forward(DeadLettering given, TopicName topic, RetryPlan retries) {
        var message = given.message();
        try {
            forwarder.forward(copy(given, topic));
            return new Settlement.Acknowledge();
        } catch (ForwardingFailedException e) {
            LOG.warnf(
                    e,
                    "dead letter not stored, the message will be retried topic=%s messageId=%s subscription=%s",
                    topic,
                    LogText.value(message.id()),
                    given.subscription());
            return new Settlement.Redeliver(retries.after(message.attempt(), Optional.empty()));
        }
    }

    /** Copies the message with its id, and adds the reason. */
    private static OutgoingMessage copy(DeadLettering given, TopicName topic) {
        ReceivedMessage message = given.message();
        var properties = new HashMap<>(message.properties());
        properties.putAll(Map.of(
                "deadLetterReason", given.reason(),
                "deadLetterSubscription", given.subscription(),
                "deadLetterTopic", message.topic(),
                "deadLetterAttempts", String.valueOf(message.attempt())));
        if (!given.detail().isBlank()) {
            properties.put("deadLetterDetail", given.detail());
        }
        return new OutgoingMessage(
                message.id(),
                topic,
                message.body(),
                message.tag(),
                message.keys(),
                properties,
                message.messageGroup(),
                Optional.empty());
    }
}
