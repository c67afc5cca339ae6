package dev.rocketgateway.deliver.payload;

import dev.rocketgateway.message.MessageProperties;
import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.message.ReceivedMessage;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Builds the headers of a webhook, which describe the message.
 *
 * <p>Values from the message are percent-encoded UTF-8, so that no message can add or break a header.
 *
 * @param forwardProperties whether to send user properties
 */
public record WebhookHeaders(String subscription, int maxAttempts, boolean forwardProperties) {

    /** Maximum size of all properties. Further properties are left out, and {@code rocketmq-props-truncated} says so. */
    static final int MAX_PROPERTY_BYTES = 16 * 1024;

    /** Maximum size of a tag, keys, an id or a group; longer values are left out. */
    static final int MAX_VALUE_BYTES = 4 * 1024;

    private static final String PROPERTY_PREFIX = "rocketmq-prop-";
    private static final String TRUNCATED = "rocketmq-props-truncated";
    private static final String DEFAULT_CONTENT_TYPE = "application/octet-stream";

    /** The headers of one message, without the type of the body. */
    public Map<String, String> of(ReceivedMessage message) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("rocketmq-subscription", subscription);
        headers.put("rocketmq-topic", PercentEncoding.encodeValue(message.topic()));
        putBounded("rocketmq-message-id", PercentEncoding.encodeValue(message.id()), headers);
        message.tag().ifPresent(tag -> putBounded("rocketmq-tags", PercentEncoding.encodeValue(tag), headers));
        if (!message.keys().isEmpty()) {
            putBounded("rocketmq-keys", joined(message.keys()), headers);
        }
        message.messageGroup()
                .ifPresent(group -> putBounded("rocketmq-message-group", PercentEncoding.encodeValue(group), headers));
        headers.put("rocketmq-born-timestamp", timestamp(message.bornAt()));
        headers.put("rocketmq-delivery-attempt", String.valueOf(message.attempt()));
        headers.put("rocketmq-max-attempts", String.valueOf(maxAttempts));
        message.position().ifPresent(position -> {
            headers.put("rocketmq-broker", PercentEncoding.encodeValue(position.brokerName()));
            headers.put("rocketmq-queue-id", String.valueOf(position.queueId()));
            headers.put("rocketmq-queue-offset", String.valueOf(position.queueOffset()));
        });
        if (forwardProperties) {
            putProperties(message.properties(), headers);
        }
        return headers;
    }

    /** The headers of a batch; the attributes of each message are in the body. */
    public Map<String, String> of(List<ReceivedMessage> messages) {
        var headers = new LinkedHashMap<String, String>();
        headers.put("rocketmq-subscription", subscription);
        headers.put(
                "rocketmq-topic", PercentEncoding.encodeValue(messages.get(0).topic()));
        headers.put("rocketmq-batch-size", String.valueOf(messages.size()));
        headers.put("rocketmq-max-attempts", String.valueOf(maxAttempts));
        return headers;
    }

    /** The content type of the message's body, as it was published; {@code application/octet-stream} if there is none. */
    static String contentType(ReceivedMessage message) {
        var published = message.properties().get(MessageProperties.CONTENT_TYPE);
        return published == null || published.isBlank()
                ? DEFAULT_CONTENT_TYPE
                : PercentEncoding.encodeLine(published.strip());
    }

    static String timestamp(Instant instant) {
        return DateTimeFormatter.ISO_INSTANT.format(instant.truncatedTo(ChronoUnit.MILLIS));
    }

    private static String joined(List<String> keys) {
        return keys.stream()
                .map(key -> PercentEncoding.encodeValue(key).replace(",", "%2C"))
                .collect(Collectors.joining(","));
    }

    private static void putBounded(String name, String value, Map<String, String> headers) {
        if (value.length() > MAX_VALUE_BYTES) {
            headers.put(TRUNCATED, "true");
        } else {
            headers.put(name, value);
        }
    }

    /** Adds the properties in the order of their names, so that every attempt leaves out the same properties. */
    private static void putProperties(Map<String, String> properties, Map<String, String> headers) {
        int size = 0;
        var names = new HashSet<String>();
        for (var property : new TreeMap<>(properties).entrySet()) {
            var name = PROPERTY_PREFIX + PercentEncoding.encodeName(property.getKey());
            if (!names.add(name.toLowerCase(Locale.ROOT))) {
                // Names of headers are not case-sensitive, so the receiver would get only one of two such properties.
                name = PROPERTY_PREFIX + PercentEncoding.encodeAll(property.getKey());
            }
            var value = PercentEncoding.encodeValue(property.getValue());
            size += name.length() + value.length() + 4;
            if (size > MAX_PROPERTY_BYTES) {
                headers.put(TRUNCATED, "true");
                return;
            }
            headers.put(name, value);
        }
    }
}
