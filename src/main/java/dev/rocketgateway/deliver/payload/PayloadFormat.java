package dev.rocketgateway.deliver.payload;

import dev.rocketgateway.message.PercentEncoding;
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
public interface PayloadFormat {

    /** Of the id of a webhook. A longer one is replaced by its digest: endpoints bound headers, and keys of tables. */
    int MAX_ID_LENGTH = 256;

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

    /**
     * The id of a webhook, the same on every attempt with the same messages: the message id in percent-encoded UTF-8, with
     * underscores in place of dots.
     */
    static String idOf(List<ReceivedMessage> messages) {
        if (messages.size() > 1) {
            return "batch-" + digest(messages);
        }
        // The Standard Webhooks specification separates the parts of the signed text by dots.
        var id = PercentEncoding.encodeValue(messages.get(0).id().replace('.', '_'))
                .replace(" ", "%20");
        return id.length() <= MAX_ID_LENGTH ? id : "long-" + digest(messages);
    }

    private static String digest(List<ReceivedMessage> messages) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            messages.forEach(message -> digest.update((message.id() + '\n').getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** A message that cannot have the form its subscription asks for. */
    final class UnrepresentableException extends RuntimeException {

        public UnrepresentableException(String why, @Nullable Throwable cause) {
            super(why, cause);
        }
    }
}
