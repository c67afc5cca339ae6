package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.webhook.WebhookMessage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What messages look like on their way to an endpoint. Thread-safe. */
interface PayloadFormat {

    /**
     * One webhook.
     *
     * @param messages one, or several if the subscription sends batches
     * @throws UnrepresentableException if they have no such form, now or ever
     */
    WebhookMessage webhook(List<ReceivedMessage> messages);

    /** What the receiver of several messages can call one of them by, besides its message id. */
    default String itemId(ReceivedMessage message) {
        return message.id();
    }

    /** The one a subscription has chosen. */
    static PayloadFormat of(Subscription subscription) {
        var payload = subscription.payload();
        var headers = new WebhookHeaders(
                subscription.name(), subscription.retry().maxAttempts(), payload.forwardProperties());
        boolean batches = subscription.batch().maxMessages() > 1;
        return switch (payload.format()) {
            case RAW -> new RawPayload(headers, payload.contentType());
            case JSON -> new JsonPayload(headers, payload.contentType(), batches);
            case CLOUDEVENTS_BINARY -> new BinaryCloudEventPayload(headers);
            case CLOUDEVENTS_STRUCTURED -> new StructuredCloudEventPayload(headers, batches);
        };
    }

    /** The id of a webhook, the same on every attempt with the same messages. */
    static String idOf(List<ReceivedMessage> messages) {
        // The Standard Webhooks specification separates the parts of the signed text by dots.
        if (messages.size() == 1) {
            return messages.get(0).id().replace('.', '_');
        }
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            messages.forEach(message -> digest.update((message.id() + '\n').getBytes(StandardCharsets.UTF_8)));
            return "batch-" + HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** A message that cannot have the form its subscription asks for. */
    final class UnrepresentableException extends RuntimeException {

        UnrepresentableException(String why, @Nullable Throwable cause) {
            super(why, cause);
        }
    }
}
