package dev.rocketgateway.publish;

import dev.rocketgateway.message.Durations;
import dev.rocketgateway.message.MessageProperties;
import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a message's attributes from query parameters and headers, and names everything that is wrong with them.
 *
 * <pre>
 * attribute       | query                   | header
 * ----------------|-------------------------|------------------------------------------
 * tag             | tag                     | RocketMQ-Tag
 * keys            | key, repeatable         | RocketMQ-Keys, comma-separated
 * user property   | property.&lt;name&gt;=&lt;value&gt; | RocketMQ-Property: &lt;name&gt;=&lt;value&gt;, repeatable
 * timeout         | timeout                 | RocketMQ-Timeout
 * idempotency key | –                       | Idempotency-Key
 * </pre>
 * Text in headers is percent-encoded UTF-8. An attribute given in both places must be the same in both. What is not in the
 * table is refused, so that a misspelt attribute is an error and not a message without it.
 */
final class MessageAttributesParser {

    /** RocketMQ carries 32767 bytes of properties; the rest is for those that client and broker add themselves. */
    static final int MAX_PROPERTY_BYTES = 32_000;

    private static final String PROPERTY_PARAMETER = "property.";
    private static final String HEADER_PREFIX = "rocketmq-";
    private static final String TAG_HEADER = "RocketMQ-Tag";
    private static final String KEYS_HEADER = "RocketMQ-Keys";
    private static final String PROPERTY_HEADER = "RocketMQ-Property";
    private static final String TIMEOUT_HEADER = "RocketMQ-Timeout";
    private static final String IDEMPOTENCY_KEY_HEADER = "Idempotency-Key";

    private static final Set<String> PARAMETERS = Set.of("mode", "tag", "key", "timeout");
    private static final Set<String> HEADERS =
            Set.of("rocketmq-tag", "rocketmq-keys", "rocketmq-property", "rocketmq-timeout");

    private final Map<String, List<String>> query;
    private final MultiMap headers;
    private final Set<String> reserved;
    private final Duration maxTimeout;
    private final List<FieldError> errors = new ArrayList<>();

    private MessageAttributesParser(
            Map<String, List<String>> query, MultiMap headers, Set<String> reserved, Duration maxTimeout) {
        this.query = query;
        this.headers = headers;
        this.reserved = reserved;
        this.maxTimeout = maxTimeout;
    }

    /**
     * @param query decoded; names are case-sensitive, because those of properties are
     * @param reserved property names callers may not set
     * @throws GatewayException {@code invalid-request} with one error per fault, or {@code properties-too-large}
     */
    static MessageAttributes parse(
            Map<String, List<String>> query, MultiMap headers, Set<String> reserved, Duration maxTimeout) {
        return new MessageAttributesParser(query, headers, reserved, maxTimeout).parse();
    }

    private MessageAttributes parse() {
        refuseUnknownNames();
        var tag = one("tag", TAG_HEADER, PercentEncoding::decode).filter(this::checkTag);
        var timeout = one("timeout", TIMEOUT_HEADER, Function.identity()).flatMap(this::parseTimeout);
        var keys = keys();
        var properties = properties();
        idempotencyKey().ifPresent(key -> {
            keys.add(key);
            addProperty(IDEMPOTENCY_KEY_HEADER, MessageProperties.IDEMPOTENCY_KEY, key, properties);
        });
        keepAsProperty("Content-Type", MessageProperties.CONTENT_TYPE, properties);
        keepAsProperty("Content-Encoding", MessageProperties.CONTENT_ENCODING, properties);
        if (!errors.isEmpty()) {
            throw GatewayException.invalid(errors);
        }
        checkSize(tag, keys, properties);
        return new MessageAttributes(tag, List.copyOf(keys), properties, timeout);
    }

    private void refuseUnknownNames() {
        for (String name : query.keySet()) {
            if (!PARAMETERS.contains(name) && !name.startsWith(PROPERTY_PARAMETER)) {
                errors.add(new FieldError(name, "is not a parameter of this operation"));
            }
        }
        for (String name : headers.names()) {
            if (name.regionMatches(true, 0, HEADER_PREFIX, 0, HEADER_PREFIX.length())
                    && HEADERS.stream().noneMatch(name::equalsIgnoreCase)) {
                errors.add(new FieldError(name, "is not a header of this operation"));
            }
        }
    }

    /** An attribute with one value, from either place. */
    private Optional<String> one(String parameter, String header, Function<String, String> decode) {
        var given = new LinkedHashSet<String>(all(parameter));
        for (String value : headers.getAll(header)) {
            decoded(header, value, decode).ifPresent(given::add);
        }
        if (given.size() > 1) {
            errors.add(new FieldError(parameter, "is given more than once, with different values"));
            return Optional.empty();
        }
        return given.stream().findFirst();
    }

    private boolean checkTag(String tag) {
        return check("tag", fault(tag))
                && check("tag", tag.contains("|") ? "must not contain '|'" : null)
                && check("tag", tag.equals(tag.strip()) ? null : "must not begin or end with a space");
    }

    private Optional<Duration> parseTimeout(String text) {
        try {
            var timeout = Durations.parse(text);
            if (timeout.toMillis() < 1 || timeout.compareTo(maxTimeout) > 0) {
                errors.add(new FieldError(
                        "timeout",
                        "is %s; it can be at least 1ms and at most %s".formatted(text, Durations.format(maxTimeout))));
                return Optional.empty();
            }
            return Optional.of(timeout);
        } catch (IllegalArgumentException | ArithmeticException notADuration) {
            errors.add(new FieldError("timeout", String.valueOf(notADuration.getMessage())));
            return Optional.empty();
        }
    }

    private LinkedHashSet<String> keys() {
        var fromQuery = new LinkedHashSet<>(all("key"));
        var fromHeader = new LinkedHashSet<String>();
        for (String list : headers.getAll(KEYS_HEADER)) {
            for (String key : list.split(",", -1)) {
                decoded(KEYS_HEADER, key.strip(), PercentEncoding::decode).ifPresent(fromHeader::add);
            }
        }
        if (!fromQuery.isEmpty() && !fromHeader.isEmpty() && !fromQuery.equals(fromHeader)) {
            errors.add(new FieldError("key", "differs from the header " + KEYS_HEADER));
        }
        var keys = fromQuery.isEmpty() ? fromHeader : fromQuery;
        keys.forEach(key -> checkKey("key", key));
        return keys;
    }

    private boolean checkKey(String field, String key) {
        return check(field, fault(key))
                && check(
                        field,
                        key.chars().anyMatch(Character::isWhitespace)
                                ? "must not contain white space, which separates keys"
                                : null);
    }

    private Map<String, String> properties() {
        var properties = new LinkedHashMap<String, String>();
        for (String parameter : query.keySet()) {
            if (parameter.startsWith(PROPERTY_PARAMETER)) {
                for (String value : all(parameter)) {
                    addProperty(parameter, parameter.substring(PROPERTY_PARAMETER.length()), value, properties);
                }
            }
        }
        for (String header : headers.getAll(PROPERTY_HEADER)) {
            int equals = header.indexOf('=');
            if (equals < 0) {
                errors.add(new FieldError(PROPERTY_HEADER, "'%s' is not of the form <name>=<value>".formatted(header)));
                continue;
            }
            decoded(PROPERTY_HEADER, header.substring(0, equals).strip(), PercentEncoding::decode)
                    .ifPresent(name -> decoded(
                                    PROPERTY_HEADER,
                                    header.substring(equals + 1).strip(),
                                    PercentEncoding::decode)
                            .ifPresent(value -> addProperty("property." + name, name, value, properties)));
        }
        return properties;
    }

    private void addProperty(String field, String name, String value, Map<String, String> properties) {
        boolean legal = check(field, name.trim().isEmpty() ? "needs a name after the dot" : separatorFault(name))
                && check(field, reserved.contains(name) ? "is a name RocketMQ keeps for itself" : null)
                && check(field, fault(value));
        if (legal) {
            var other = properties.putIfAbsent(name, value);
            check(field, other == null || other.equals(value) ? null : "is given twice, with different values");
        }
    }

    private List<String> all(String parameter) {
        return query.getOrDefault(parameter, List.of());
    }

    private Optional<String> idempotencyKey() {
        return Optional.ofNullable(headers.get(IDEMPOTENCY_KEY_HEADER))
                .flatMap(key -> decoded(IDEMPOTENCY_KEY_HEADER, key, PercentEncoding::decode))
                .filter(key -> checkKey(IDEMPOTENCY_KEY_HEADER, key));
    }

    private void keepAsProperty(String header, String property, Map<String, String> properties) {
        var value = headers.get(header);
        if (value != null && !value.isBlank() && check(header, separatorFault(value))) {
            properties.putIfAbsent(property, value);
        }
    }

    private Optional<String> decoded(String field, String text, Function<String, String> decode) {
        try {
            return Optional.of(decode.apply(text));
        } catch (IllegalArgumentException malformed) {
            errors.add(new FieldError(field, String.valueOf(malformed.getMessage())));
            return Optional.empty();
        }
    }

    private boolean check(String field, @Nullable String fault) {
        if (fault != null) {
            errors.add(new FieldError(field, fault));
        }
        return fault == null;
    }

    private static @Nullable String fault(String value) {
        return value.trim().isEmpty() ? "must not be empty or blank" : separatorFault(value);
    }

    /** RocketMQ's {@code MessageDecoder} separates names and values by these on the wire. */
    private static @Nullable String separatorFault(String text) {
        return text.indexOf('\u0001') >= 0 || text.indexOf('\u0002') >= 0
                ? "must not contain the characters U+0001 and U+0002, which separate properties"
                : null;
    }

    private static void checkSize(Optional<String> tag, Set<String> keys, Map<String, String> properties) {
        long size = tag.map(MessageAttributesParser::bytes).orElse(0)
                + keys.stream().mapToLong(key -> bytes(key) + 1).sum()
                + properties.entrySet().stream()
                        .mapToLong(property -> bytes(property.getKey()) + bytes(property.getValue()) + 2)
                        .sum();
        if (size > MAX_PROPERTY_BYTES) {
            throw GatewayException.of(
                    ProblemType.PROPERTIES_TOO_LARGE,
                    "Tag, keys and properties have %d bytes together; a message can carry %d."
                            .formatted(size, MAX_PROPERTY_BYTES));
        }
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
