package dev.rocketgateway.publish;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.rw.CloudEventRWException;
import io.vertx.core.MultiMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a CloudEvent, checked with the SDK, and the properties they are stored as.
 *
 * <pre>
 * attribute             | user property
 * ----------------------|------------------------------------------------------------------
 * the content type      | CE_contenttype
 * an extension          | CE_&lt;name&gt;, which the binding's readers look for, and &lt;name&gt;, which its writers set
 * any other             | CE_&lt;name&gt;
 * </pre>
 * The id is a key too, unless it has white space, which keys cannot have.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md">HTTP binding</a>
 * @see <a href="https://github.com/cloudevents/sdk-java/tree/main/rocketmq">RocketMQ binding of the Java SDK</a>
 */
final class CloudEventAttributes {

    /** What an event without data has as body: RocketMQ stores no empty messages. */
    static final byte[] NO_DATA = {0};

    private static final Pattern LONE_PERCENT_SIGN = Pattern.compile("%(?![0-9A-Fa-f]{2})");
    private static final String HEADER_PREFIX = "ce-";
    private static final String PROPERTY_PREFIX = "CE_";
    private static final String CONTENT_TYPE = "contenttype";
    private static final String CONTENT_TYPE_PROPERTY = PROPERTY_PREFIX + CONTENT_TYPE;
    private static final String SPEC_VERSION = "specversion";
    private static final String ID = "id";

    private final FieldErrors errors = new FieldErrors();
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final String fieldPrefix;

    /**
     * @param fieldPrefix stands before an attribute's name in errors
     */
    private CloudEventAttributes(String fieldPrefix) {
        this.fieldPrefix = fieldPrefix;
    }

    /** Whether the request carries an event in binary mode. */
    static boolean areIn(MultiMap headers) {
        for (var header : headers) {
            if (isAttribute(header.getKey())) {
                return true;
            }
        }
        return false;
    }

    /**
     * The attributes of a message whose headers are an event's (binary mode).
     *
     * @throws GatewayException {@code invalid-request} with an error for each fault
     */
    static MessageAttributes fromHeaders(MultiMap headers, MessageAttributes message) {
        var event = new CloudEventAttributes(HEADER_PREFIX);
        for (String header : headers.names()) {
            if (isAttribute(header)) {
                var name = header.substring(HEADER_PREFIX.length()).toLowerCase(Locale.ROOT);
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
     * The attributes of a message that is an event as it came (structured mode).
     *
     * @param fields the event's own members, but for its data
     * @param contentType of the event's format
     * @throws GatewayException {@code invalid-request} with an error for each fault
     */
    static MessageAttributes fromFields(Map<String, String> fields, String contentType, MessageAttributes message) {
        var event = new CloudEventAttributes("");
        event.attributes.putAll(fields);
        event.check(false);
        var id = event.attributes.get(ID);
        return message.with(Map.of(CONTENT_TYPE_PROPERTY, contentType), key(id));
    }

    private MessageAttributes addTo(MessageAttributes message, @Nullable String contentType) {
        for (String name : List.of(CONTENT_TYPE, "datacontenttype")) {
            errors.check(
                    fieldPrefix + name,
                    attributes.containsKey(name) ? "cannot be a header; Content-Type has the type" : null);
        }
        check(true);
        var properties = new LinkedHashMap<String, String>();
        var version = SpecVersion.parse(attributes.get(SPEC_VERSION));
        attributes.forEach((name, value) -> {
            properties.put(PROPERTY_PREFIX + name, value);
            if (isExtensionOf(version, name)) {
                properties.put(name, value);
            }
        });
        if (contentType != null) {
            properties.put(CONTENT_TYPE_PROPERTY, contentType);
        }
        return message.with(properties, key(attributes.get(ID)));
    }

    /**
     * @param asProperties whether the values become properties, which RocketMQ does not let be blank
     */
    private void check(boolean asProperties) {
        var version = version();
        for (String required : version.getMandatoryAttributes()) {
            errors.check(fieldPrefix + required, attributes.containsKey(required) ? null : "is missing");
        }
        var builder = CloudEventBuilder.fromSpecVersion(version);
        attributes.forEach((name, value) -> {
            errors.check(
                    fieldPrefix + name,
                    asProperties
                            ? MessageAttributesBuilder.fault(value)
                            : value.isEmpty() && !isExtensionOf(version, name) ? "must not be empty" : null);
            if (!name.equals(SPEC_VERSION)) {
                errors.read(fieldPrefix + name, value, text -> set(builder, name, text));
            }
        });
        errors.throwIfAny();
        try {
            builder.build();
        } catch (IllegalStateException | CloudEventRWException e) {
            throw GatewayException.causedBy(
                    e, ProblemType.INVALID_REQUEST, "The attributes do not make a CloudEvent together.");
        }
    }

    private SpecVersion version() {
        var text = attributes.getOrDefault(SPEC_VERSION, SpecVersion.V1.toString());
        try {
            return SpecVersion.parse(text);
        } catch (CloudEventRWException unknown) {
            throw GatewayException.invalid(List.of(
                    new FieldError(fieldPrefix + SPEC_VERSION, "is '%s'; known are 1.0 and 0.3".formatted(text))));
        }
    }

    /** The SDK's own words name classes, so ours say what each kind of fault is. */
    private static CloudEventBuilder set(CloudEventBuilder builder, String name, String value) {
        try {
            builder.withContextAttribute(name, value);
            return builder;
        } catch (CloudEventRWException e) {
            throw new IllegalArgumentException(
                    switch (name) {
                        case "time" -> "'%s' is not a time of RFC 3339".formatted(value);
                        case "source", "dataschema", "schemaurl" -> "'%s' is not a URI".formatted(value);
                        default -> "is not a name for an attribute, which has small letters and digits alone";
                    },
                    e);
        }
    }

    private static Optional<String> key(String id) {
        return id.chars().anyMatch(Character::isWhitespace) || MessageAttributesBuilder.fault(id) != null
                ? Optional.empty()
                : Optional.of(id);
    }

    private static boolean isExtensionOf(SpecVersion version, String name) {
        return !version.getAllAttributes().contains(name);
    }

    private static boolean isAttribute(String header) {
        return header.length() > HEADER_PREFIX.length()
                && header.regionMatches(true, 0, HEADER_PREFIX, 0, HEADER_PREFIX.length());
    }

    /**
     * The text of a header the server has read byte by byte. The SDKs for Java and JavaScript encode nothing: a percent sign that
     * begins no code is one, and bytes that are not UTF-8 are ISO-8859-1, which is what {@code fetch} makes of text.
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

    /** A header's value may be a quoted string (HTTP binding, 3.1.3.2). */
    private static String unquoted(String value) {
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1")
                : value;
    }
}
