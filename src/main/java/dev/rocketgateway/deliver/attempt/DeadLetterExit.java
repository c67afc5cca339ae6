package dev.rocketgateway.deliver.attempt;

import dev.rocketgateway.deliver.MessageForwarder;
import dev.rocketgateway.deliver.MessageForwarder.ForwardingFailedException;
import dev.rocketgateway.deliver.MessageSource.Decision;
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
 * Handles messages that are given up, by the subscription's dead-letter mode.
 *
 * <pre>
 * deadLetter.mode | what happens                              | the decision
 * ----------------|-------------------------------------------|-------------
 * ROCKETMQ_DLQ    | the broker moves it to %DLQ%&lt;group&gt; | dead letter
 * TOPIC           | a copy with the reason goes to that topic | acknowledged
 *                 | the copy fails: the message is retried    | redeliver
 * DROP            | the message is discarded                  | acknowledged
 * </pre>
 * Called by delivery threads; TOPIC waits for the broker.
 */
public final class DeadLetterExit {

    private static final Logger LOG = Logger.getLogger(DeadLetterExit.class);

    private final MessageForwarder forwarder;
    private final DeliveryListener listener;

    public DeadLetterExit(MessageForwarder forwarder, DeliveryListener listener) {
        this.forwarder = forwarder;
        this.listener = listener;
    }

    Decision leave(DeadLettering given, DeadLetterPolicy settings, RetryPlan retries) {
        var decision =
                switch (settings.mode()) {
                    case ROCKETMQ_DLQ -> new Decision.DeadLetter();
                    case DROP -> new Decision.Acknowledge();
                    case TOPIC -> forward(given, settings.topic().orElseThrow(), retries);
                };
        if (!(decision instanceof Decision.Redeliver)) {
            listener.deadLettered(given);
        }
        return decision;
    }

    private Decision forward(DeadLettering given, TopicName topic, RetryPlan retries) {
        var message = given.message();
        try {
            forwarder.forward(copy(given, topic));
            return new Decision.Acknowledge();
        } catch (ForwardingFailedException e) {
            LOG.warnf(
                    e,
                    "dead letter not stored, the message will be retried topic=%s messageId=%s subscription=%s",
                    topic,
                    LogText.value(message.id()),
                    given.subscription());
            return new Decision.Redeliver(retries.after(message.attempt(), Optional.empty()));
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
