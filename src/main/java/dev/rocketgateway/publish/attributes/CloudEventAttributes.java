package dev.rocketgateway.publish.attributes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rocketgateway.message.CloudEventRules;
import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.netty.buffer.ByteBufUtil;
import io.vertx.core.MultiMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns the attributes of a CloudEvent, checked by {@link CloudEventRules}, into the properties of a message.
 *
 * <pre>
 * attribute        | user property
 * -----------------|----------------------------------------------------------------------------------------------
 * the content type | CE_contenttype
 * an extension     | CE_&lt;name&gt;, which readers of the binding expect, and &lt;name&gt;, which its writers set
 * any other        | CE_&lt;name&gt;
 * </pre>
 * The id is a key too, unless it contains whitespace, which keys cannot contain.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md">HTTP binding</a>
 * @see <a href="https://github.com/cloudevents/sdk-java/tree/main/rocketmq">RocketMQ binding of the Java SDK</a>
 */
public final class CloudEventAttributes {

    /** The stored body of an event without data. It is not empty, because RocketMQ does not store empty messages. */
    public static final byte[] NO_DATA = {0};

    private static final Pattern LONE_PERCENT_SIGN = Pattern.compile("%(?![0-9A-Fa-f]{2})");
    private static final String HEADER_PREFIX = "ce-";
    private static final String PROPERTY_PREFIX = "CE_";
    private static final String CONTENT_TYPE = "contenttype";
    private static final String CONTENT_TYPE_PROPERTY = PROPERTY_PREFIX + CONTENT_TYPE;
    private static final String SPEC_VERSION = "specversion";
    private static final String ID = "id";
    private static final String ENCODING = "datacontentencoding";

    /** Attributes that binary mode takes from the request itself, with the error for a header of this name. */
    private static final Map<String, String> NOT_HEADERS = Map.of(
            CONTENT_TYPE,
            "cannot be a header; use Content-Type for the type of the data",
            "datacontenttype",
            "cannot be a header; use Content-Type for the type of the data",
            CloudEventData.DATA,
            "cannot be a header; send the data as the body",
            CloudEventData.BASE64_DATA,
            "cannot be a header; send the data as the body");

    private final FieldErrors errors = new FieldErrors();
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final String fieldPrefix;

    /**
     * @param fieldPrefix prefix of the attribute's name in errors
     */
    private CloudEventAttributes(String fieldPrefix) {
        this.fieldPrefix = fieldPrefix;
    }

    /** Whether the request carries an event in binary mode. */
    public static boolean areIn(MultiMap headers) {
        for (var header : headers) {
            if (isAttribute(header.getKey())) {
                return true;
            }
        }
        return false;
    }

    /**
     * Reads the attributes of an event in binary mode from the headers.
     *
     * @throws GatewayException {@code invalid-request} with an error for each fault
     */
    public static MessageAttributes fromHeaders(MultiMap headers, MessageAttributes message) {
        var event = new CloudEventAttributes(HEADER_PREFIX);
        for (String header : headers.names()) {
            if (isAttribute(header)) {
                var name = header.substring(HEADER_PREFIX.length()).toLowerCase(Locale.ROOT);
                if (!event.errors.check(event.fieldPrefix + name, NOT_HEADERS.get(name))) {
                    continue;
                }
                var values = headers.getAll(header);
                event.errors.check(event.fieldPrefix + name, values.size() == 1 ? null : "is given more than once");
                event.errors
                        .read(event.fieldPrefix + name, unquoted(values.get(0)), CloudEventAttributes::decoded)
                        .ifPresent(value -> event.attributes.put(name, value));
            }
        }
        return event.addTo(message, headers.get("Content-Type"));
    }

    /**
     * Converts the attributes of an event in structured mode.
     *
     * @param fields the checked members of the event, without its data
     * @param contentType the content type of the event's format
     * @throws GatewayException {@code invalid-request} for a property that differs, {@code properties-too-large}
     */
    public static MessageAttributes fromFields(
            Map<String, String> fields, String contentType, MessageAttributes message) {
        var event = new CloudEventAttributes("");
        event.attributes.putAll(fields);
        event.checkSize();
        var id = event.attributes.get(ID);
        return message.with(Map.of(CONTENT_TYPE_PROPERTY, contentType), key(id));
    }

    private MessageAttributes addTo(MessageAttributes message, @Nullable String contentType) {
        var version = attributes.get(SPEC_VERSION);
        if (CloudEventRules.isOld(version) && attributes.containsKey(ENCODING)) {
            errors.add(fieldPrefix + ENCODING, "cannot be a header; the body is the data, byte for byte");
        }
        check(fieldPrefix, attributes, errors);
        attributes.forEach((name, value) -> {
            if (!errors.has(fieldPrefix + name)) {
                errors.check(fieldPrefix + name, MessageAttributesBuilder.fault(value));
            }
        });
        errors.throwIfAny();
        var properties = new LinkedHashMap<String, String>();
        attributes.forEach((name, value) -> {
            properties.put(PROPERTY_PREFIX + name, value);
            if (CloudEventRules.isExtension(version, name)) {
                properties.put(name, value);
            }
        });
        if (contentType != null) {
            properties.put(CONTENT_TYPE_PROPERTY, contentType);
        }
        return message.with(properties, key(attributes.get(ID)));
    }

    /**
     * Notes every fault of an event's attributes.
     *
     * @param attributes the attributes that could be read; the faults of attributes that could not be read are already noted
     */
    static void check(String fieldPrefix, Map<String, String> attributes, FieldErrors errors) {
        CloudEventRules.faults(attributes).forEach((name, fault) -> {
            if (attributes.containsKey(name) || !errors.has(fieldPrefix + name)) {
                errors.add(fieldPrefix + name, fault);
            }
        });
    }

    /** Limits the size, because an event in JSON can be delivered in binary mode, with its attributes in headers. */
    private void checkSize() {
        int size = 0;
        for (var attribute : attributes.entrySet()) {
            size += ByteBufUtil.utf8Bytes(attribute.getKey()) + ByteBufUtil.utf8Bytes(attribute.getValue()) + 2;
        }
        if (size > MessageAttributes.MAX_BYTES) {
            throw GatewayException.of(
                    ProblemType.PROPERTIES_TOO_LARGE,
                    "The attributes of the event have %d bytes together; an event can have at most %d. Move large values into its data."
                            .formatted(size, MessageAttributes.MAX_BYTES));
        }
    }

    private static Optional<String> key(String id) {
        return id.chars().anyMatch(Character::isWhitespace) || MessageAttributesBuilder.fault(id) != null
                ? Optional.empty()
                : Optional.of(id);
    }

    private static boolean isAttribute(String header) {
        return header.length() > HEADER_PREFIX.length()
                && header.regionMatches(true, 0, HEADER_PREFIX, 0, HEADER_PREFIX.length());
    }

    /**
     * Decodes the value of a header, which the server has read as one character per byte. The SDKs for Java and JavaScript do not
     * percent-encode values. So a percent sign without two hexadecimal digits stays a percent sign, and bytes that are not UTF-8
     * are read as ISO-8859-1, which {@code fetch} sends.
     */
    private static String decoded(String value) {
        var encoded = LONE_PERCENT_SIGN.matcher(value).find() ? value.replace("%", "%25") : value;
        try {
            return PercentEncoding.decode(encoded);
        } catch (IllegalArgumentException notUtf8) {
            if (encoded.chars().allMatch(c -> c < 0x80)) {
                throw notUtf8;
            }
            return PercentEncoding.decode(new String(encoded.getBytes(UTF_8), ISO_8859_1));
        }
    }

    /** The value of a header. If it is a quoted string, the string without its quotes and escapes (HTTP binding, 3.1.3.2). */
    private static String unquoted(String value) {
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1")
                : value;
    }
}
