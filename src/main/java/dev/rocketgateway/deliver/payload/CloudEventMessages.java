package dev.rocketgateway.deliver.payload;

import dev.rocketgateway.message.MessageProperties;
import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.message.ReceivedMessage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Converts messages to CloudEvents.
 *
 * <pre>
 * the message was published as | its event
 * -----------------------------|-----------------------------------------------------------------------------
 * an event in binary mode      | that event, from properties CE_&lt;attribute&gt;, as in the RocketMQ binding
 * an event in structured mode  | that event, read from the body
 * anything else                | id: message id, source: /rocketmq/&lt;topic&gt;, type: its tag or
 *                              | org.apache.rocketmq.message, time: when it was born, subject: its keys
 * </pre>
 *
 * @see <a href="https://github.com/cloudevents/sdk-java/tree/main/rocketmq">RocketMQ binding of the Java SDK</a>
 */
final class CloudEventMessages {

    /** The media type of an event in JSON. */
    static final String MEDIA_TYPE = "application/cloudevents+json";

    private static final String PREFIX = "CE_";
    private static final String CONTENT_TYPE = "contenttype";
    private static final String DEFAULT_TYPE = "org.apache.rocketmq.message";

    /** The body of an event without data in the RocketMQ binding. */
    private static final byte[] NO_DATA = {0};

    private CloudEventMessages() {}

    /**
     * Converts a message to an event.
     *
     * @throws PayloadFormat.UnrepresentableException if the message was published as an event but is not one
     */
    static Event eventOf(ReceivedMessage message) {
        if (message.properties().containsKey(PREFIX + Event.SPEC_VERSION)) {
            return published(message);
        }
        return isStructured(message) ? StructuredEvent.read(message.body()) : made(message);
    }

    /** Whether the body is an event in JSON. */
    static boolean isStructured(ReceivedMessage message) {
        var properties = message.properties();
        var type = properties.getOrDefault(PREFIX + CONTENT_TYPE, "");
        return !properties.containsKey(PREFIX + Event.SPEC_VERSION)
                && type.strip().toLowerCase(Locale.ROOT).startsWith(MEDIA_TYPE);
    }

    private static Event published(ReceivedMessage message) {
        var attributes = new LinkedHashMap<String, String>();
        // Sorted by name, so that the body is the same on every attempt.
        new TreeMap<>(message.properties()).forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                attributes.put(name.substring(PREFIX.length()), value);
            }
        });
        var type = Optional.ofNullable(attributes.remove(CONTENT_TYPE));
        var other = Optional.ofNullable(attributes.remove(StructuredEvent.CONTENT_TYPE));
        return new Event(
                attributes,
                type.or(() -> other),
                coding(message.properties()),
                Arrays.equals(message.body(), NO_DATA) ? Optional.empty() : Optional.of(message.body()));
    }

    private static Event made(ReceivedMessage message) {
        var attributes = new LinkedHashMap<String, String>();
        attributes.put(Event.SPEC_VERSION, "1.0");
        attributes.put(Event.ID, message.id());
        attributes.put("source", "/rocketmq/" + PercentEncoding.encodeSegment(message.topic()));
        attributes.put("type", message.tag().orElse(DEFAULT_TYPE));
        attributes.put("time", WebhookHeaders.timestamp(message.bornAt()));
        if (!message.keys().isEmpty()) {
            attributes.put("subject", String.join(",", message.keys()));
        }
        return new Event(
                attributes,
                Optional.of(WebhookHeaders.contentType(message)),
                coding(message.properties()),
                Optional.of(message.body()));
    }

    private static Optional<String> coding(Map<String, String> properties) {
        return Optional.ofNullable(properties.get(MessageProperties.CONTENT_ENCODING))
                .filter(coding -> !coding.isBlank());
    }
}
