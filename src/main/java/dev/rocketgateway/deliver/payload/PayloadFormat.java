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

/** Builds webhooks from messages. Thread-safe. */
public interface PayloadFormat {

    /**
     * Longest id of a webhook. A longer id is replaced by its digest, because endpoints limit the length of headers and of keys in
     * their tables.
     */
    int MAX_ID_LENGTH = 256;

    /**
     * Builds one webhook.
     *
     * @param messages one message, or several if the subscription sends batches
     * @throws UnrepresentableException if the messages can never be represented in this format
     */
    WebhookMessage webhook(List<ReceivedMessage> messages);

    /** The id, in addition to the message id, with which the receiver of a batch can name a message. */
    default String itemId(ReceivedMessage message) {
        return message.id();
    }

    /** The format of a subscription. */
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
            throw new IllegalStateException("this Java runtime does not have SHA-256", e);
        }
    }

    /** Says that a message cannot be represented in the payload format of its subscription. */
    final class UnrepresentableException extends RuntimeException {

        public UnrepresentableException(String why, @Nullable Throwable cause) {
            super(why, cause);
        }
    }
}
