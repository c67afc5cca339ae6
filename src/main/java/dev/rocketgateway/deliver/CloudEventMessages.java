package dev.rocketgateway.deliver;

import dev.rocketgateway.message.MessageProperties;
import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.message.ReceivedMessage;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.format.EventDeserializationException;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.rw.CloudEventRWException;
import java.net.URI;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Messages as CloudEvents.
 *
 * <pre>
 * the message was published as | its event
 * -----------------------------|---------------------------------------------------------------------------
 * an event in binary mode      | that one: properties CE_&lt;attribute&gt;, as the RocketMQ binding has them
 * an event in structured mode  | that one, read from its body
 * anything else                | id: message id, source: /rocketmq/&lt;topic&gt;, type: its tag or
 *                              | org.apache.rocketmq.message, time: when it was born, subject: its keys
 * </pre>
 *
 * @see <a href="https://github.com/cloudevents/sdk-java/tree/main/rocketmq">RocketMQ binding of the Java SDK</a>
 */
final class CloudEventMessages {

    private static final String PREFIX = "CE_";
    private static final String CONTENT_TYPE = "contenttype";
    private static final String DEFAULT_TYPE = "org.apache.rocketmq.message";

    private static final JsonFormat FORMAT = new JsonFormat();

    /** What the RocketMQ binding stores for an event without data. */
    private static final byte[] NO_DATA = {0};

    private CloudEventMessages() {}

    /**
     * @throws PayloadFormat.UnrepresentableException if what it was published as is no event after all
     */
    static CloudEvent eventOf(ReceivedMessage message) {
        try {
            var properties = message.properties();
            if (properties.containsKey(PREFIX + "specversion")) {
                return published(message);
            }
            return isStructured(message) ? structured(message) : made(message);
        } catch (CloudEventRWException | EventDeserializationException | IllegalStateException e) {
            throw new PayloadFormat.UnrepresentableException("is announced as a CloudEvent and is none", e);
        }
    }

    /** Whether the body is an event in JSON as it is. */
    static boolean isStructured(ReceivedMessage message) {
        var type = message.properties().getOrDefault(PREFIX + CONTENT_TYPE, "");
        return type.strip().toLowerCase(Locale.ROOT).startsWith(JsonFormat.CONTENT_TYPE);
    }

    private static CloudEvent structured(ReceivedMessage message) {
        var event = FORMAT.deserialize(message.body());
        if (event == null) {
            throw new PayloadFormat.UnrepresentableException("is announced as a CloudEvent and is null", null);
        }
        return event;
    }

    private static CloudEvent published(ReceivedMessage message) {
        var properties = message.properties();
        var builder = CloudEventBuilder.fromSpecVersion(SpecVersion.parse(properties.get(PREFIX + "specversion")));
        properties.forEach((name, value) -> {
            if (name.startsWith(PREFIX)
                    && !name.equals(PREFIX + "specversion")
                    && !name.equals(PREFIX + CONTENT_TYPE)) {
                builder.withContextAttribute(name.substring(PREFIX.length()), value);
            }
        });
        Optional.ofNullable(properties.get(PREFIX + CONTENT_TYPE))
                .ifPresent(type -> builder.withContextAttribute("datacontenttype", type));
        if (!Arrays.equals(message.body(), NO_DATA)) {
            builder.withData(message.body());
        }
        return builder.build();
    }

    private static CloudEvent made(ReceivedMessage message) {
        var builder = CloudEventBuilder.v1()
                .withId(message.id())
                .withSource(URI.create("/rocketmq/" + PercentEncoding.encodeName(message.topic())))
                .withType(message.tag().orElse(DEFAULT_TYPE))
                .withTime(message.bornAt().atOffset(ZoneOffset.UTC))
                .withData(contentType(message.properties()), message.body());
        if (!message.keys().isEmpty()) {
            builder.withSubject(String.join(",", message.keys()));
        }
        return builder.build();
    }

    private static String contentType(Map<String, String> properties) {
        return properties.getOrDefault(MessageProperties.CONTENT_TYPE, "application/octet-stream");
    }
}
