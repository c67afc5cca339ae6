package dev.rocketgateway.publish.attributes;

import dev.rocketgateway.message.Durations;
import dev.rocketgateway.message.MessageProperties;
import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.answer.Nearest;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a message's attributes from query parameters and headers.
 *
 * <pre>
 * attribute       | query                               | header
 * ----------------|-------------------------------------|----------------------------------------------------------
 * tag             | tag                                 | RocketMQ-Tag
 * keys            | key, repeatable                     | RocketMQ-Keys, comma-separated
 * message group   | messageGroup                        | RocketMQ-Message-Group
 * delay           | delay                               | RocketMQ-Delay
 * delivery time   | deliverAt                           | RocketMQ-Deliver-At
 * delay level     | delayLevel                          | RocketMQ-Delay-Level
 * user property   | property.&lt;name&gt;=&lt;value&gt; | RocketMQ-Property: &lt;name&gt;=&lt;value&gt;, repeatable
 * timeout         | timeout                             | RocketMQ-Timeout
 * idempotency key | –                                   | Idempotency-Key
 * </pre>
 * Values of headers are percent-encoded UTF-8. An attribute in both places must have the same value in both. Unknown names are
 * refused, so that a misspelled attribute is an error and not a message without the attribute.
 *
 * @param message the attributes of the message
 * @param timeout how long to wait for the broker, if the caller sets it
 */
public record RequestAttributes(MessageAttributes message, Optional<Duration> timeout) {

    private static final String PROPERTY_PARAMETER = "property.";
    private static final String HEADER_PREFIX = "rocketmq-";
    public static final String TAG_HEADER = "RocketMQ-Tag";
    public static final String KEYS_HEADER = "RocketMQ-Keys";
    private static final String MESSAGE_GROUP_HEADER = "RocketMQ-Message-Group";
    private static final String DELAY_HEADER = "RocketMQ-Delay";
    private static final String DELIVER_AT_HEADER = "RocketMQ-Deliver-At";
    private static final String DELAY_LEVEL_HEADER = "RocketMQ-Delay-Level";
    public static final String PROPERTY_HEADER = "RocketMQ-Property";
    private static final String TIMEOUT_HEADER = "RocketMQ-Timeout";
    private static final String IDEMPOTENCY_KEY_HEADER = "Idempotency-Key";

    private static final String ATTRIBUTE_OF_A_MESSAGE =
            "is not a parameter of a batch; set it on each message of the batch";

    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);

    private static final Set<String> PARAMETERS =
            Set.of("mode", "tag", "key", "messageGroup", "delay", "deliverAt", "delayLevel", "timeout");
    private static final Set<String> SHOWN_PARAMETERS = Stream.concat(
                    PARAMETERS.stream(), Stream.of(PROPERTY_PARAMETER + "<name>"))
            .collect(Collectors.toUnmodifiableSet());
    private static final Set<String> BATCH_PARAMETERS = Set.of("mode", "timeout");
    private static final List<String> HEADERS = List.of(
            TAG_HEADER,
            KEYS_HEADER,
            MESSAGE_GROUP_HEADER,
            DELAY_HEADER,
            DELIVER_AT_HEADER,
            DELAY_LEVEL_HEADER,
            PROPERTY_HEADER,
            TIMEOUT_HEADER);

    /**
     * Reads the parameters of a batch whose messages have their own attributes: the mode and the timeout.
     *
     * @return how long to wait for the broker, if the caller sets it
     * @throws GatewayException {@code invalid-request} with one error per fault
     */
    public static Optional<Duration> readTimeout(
            Map<String, List<String>> query, MultiMap headers, AttributeRules rules) {
        return new Reader(query, headers, rules).readTimeout();
    }

    /**
     * @param query decoded; names are case-sensitive, because names of properties are
     * @throws GatewayException {@code invalid-request} with one error per fault, or {@code properties-too-large}
     */
    public static RequestAttributes read(Map<String, List<String>> query, MultiMap headers, AttributeRules rules) {
        return read(query, headers, headers.get("Content-Type"), rules);
    }

    /**
     * As above, for messages that are only a part of the body.
     *
     * @param contentType of each message
     */
    public static RequestAttributes read(
            Map<String, List<String>> query, MultiMap headers, @Nullable String contentType, AttributeRules rules) {
        return new Reader(query, headers, rules).read(contentType);
    }

    private static final class Reader {

        private final Map<String, List<String>> query;
        private final MultiMap headers;
        private final AttributeRules rules;
        private final FieldErrors errors = new FieldErrors();
        private final MessageAttributesBuilder message;

        /** Most messages have no attribute headers. */
        private boolean anyHeader;

        Reader(Map<String, List<String>> query, MultiMap headers, AttributeRules rules) {
            this.query = query;
            this.headers = headers;
            this.rules = rules;
            this.message = new MessageAttributesBuilder(rules, errors);
        }

        public RequestAttributes read(@Nullable String contentType) {
            refuseUnknownNames();
            one("tag", TAG_HEADER, message::tag);
            keys();
            one("messageGroup", MESSAGE_GROUP_HEADER, message::messageGroup);
            one("delay", DELAY_HEADER, message::delay);
            one("deliverAt", DELIVER_AT_HEADER, message::deliverAt);
            one("delayLevel", DELAY_LEVEL_HEADER, message::delayLevel);
            properties();
            for (String key : headers.getAll(IDEMPOTENCY_KEY_HEADER)) {
                decoded(IDEMPOTENCY_KEY_HEADER, key)
                        .ifPresent(decoded -> message.idempotencyKey(IDEMPOTENCY_KEY_HEADER, decoded));
            }
            message.keep("Content-Type", MessageProperties.CONTENT_TYPE, contentType);
            message.keep("Content-Encoding", MessageProperties.CONTENT_ENCODING, headers.get("Content-Encoding"));
            var timeout = timeout();
            return new RequestAttributes(message.build(), timeout);
        }

        public Optional<Duration> readTimeout() {
            for (String name : query.keySet()) {
                if (PARAMETERS.contains(name) || name.startsWith(PROPERTY_PARAMETER)) {
                    errors.check(name, BATCH_PARAMETERS.contains(name) ? null : ATTRIBUTE_OF_A_MESSAGE);
                } else {
                    errors.add(name, Nearest.faultWithNames("is not a parameter of a batch", name, BATCH_PARAMETERS));
                }
            }
            for (String name : headers.names()) {
                boolean ours = name.regionMatches(true, 0, HEADER_PREFIX, 0, HEADER_PREFIX.length());
                anyHeader |= ours;
                boolean attribute = ours || name.equalsIgnoreCase(IDEMPOTENCY_KEY_HEADER);
                if (attribute && !name.equalsIgnoreCase(TIMEOUT_HEADER)) {
                    errors.add(name, ATTRIBUTE_OF_A_MESSAGE);
                }
            }
            var timeout = timeout();
            errors.throwIfAny();
            return timeout;
        }

        private void refuseUnknownNames() {
            for (String name : query.keySet()) {
                if (!PARAMETERS.contains(name) && !name.startsWith(PROPERTY_PARAMETER)) {
                    errors.add(name, faultOfUnknown(name));
                }
            }
            for (var header : headers) {
                var name = header.getKey();
                if (name.regionMatches(true, 0, HEADER_PREFIX, 0, HEADER_PREFIX.length())) {
                    anyHeader = true;
                    if (HEADERS.stream().noneMatch(name::equalsIgnoreCase)) {
                        errors.add(name, faultOfUnknownHeader(name));
                    }
                }
            }
        }

        /** Compares names without their prefix, which all headers share. */
        private static String faultOfUnknownHeader(String name) {
            var words = "is not a header of this operation";
            var meant = Nearest.of(
                    name.substring(HEADER_PREFIX.length()),
                    HEADERS.stream()
                            .map(header -> header.substring(HEADER_PREFIX.length()))
                            .toList());
            return meant.isPresent()
                    ? "%s; did you mean `RocketMQ-%s`?".formatted(words, meant.get())
                    : "%s; use one of %s".formatted(words, String.join(", ", HEADERS));
        }

        private static String faultOfUnknown(String name) {
            var words = "is not a parameter of this operation";
            int dot = name.indexOf('.') + 1;
            boolean property = dot > 1
                    && dot < name.length()
                    && Nearest.of(name.substring(0, dot), Set.of(PROPERTY_PARAMETER))
                            .isPresent();
            return property
                    ? "%s; did you mean `%s%s`?".formatted(words, PROPERTY_PARAMETER, name.substring(dot))
                    : Nearest.faultWithNames(words, name, SHOWN_PARAMETERS);
        }

        /** Reads an attribute with one value from the query or the header. */
        private Optional<String> one(String parameter, String header) {
            if (!anyHeader && !query.containsKey(parameter)) {
                return Optional.empty();
            }
            var given = new LinkedHashSet<String>(all(parameter));
            for (String value : headers.getAll(header)) {
                decoded(header, value).ifPresent(given::add);
            }
            if (given.size() > 1) {
                errors.add(parameter, "is given more than once, with different values");
                return Optional.empty();
            }
            return given.stream().findFirst();
        }

        private void one(String parameter, String header, BiConsumer<String, String> attribute) {
            one(parameter, header).ifPresent(value -> attribute.accept(parameter, value));
        }

        private void keys() {
            if (!anyHeader && !query.containsKey("key")) {
                return;
            }
            var fromQuery = new LinkedHashSet<>(all("key"));
            var fromHeader = new LinkedHashSet<String>();
            for (String list : headers.getAll(KEYS_HEADER)) {
                for (String key : list.split(",", -1)) {
                    decoded(KEYS_HEADER, key.strip()).ifPresent(fromHeader::add);
                }
            }
            if (!fromQuery.isEmpty() && !fromHeader.isEmpty() && !fromQuery.equals(fromHeader)) {
                errors.add("key", "differs from the value of the header " + KEYS_HEADER);
            }
            (fromQuery.isEmpty() ? fromHeader : fromQuery).forEach(key -> message.key("key", key));
        }

        private void properties() {
            for (String parameter : query.keySet()) {
                if (parameter.startsWith(PROPERTY_PARAMETER)) {
                    var name = parameter.substring(PROPERTY_PARAMETER.length());
                    all(parameter).forEach(value -> message.property(parameter, name, value));
                }
            }
            for (String header : anyHeader ? headers.getAll(PROPERTY_HEADER) : List.<String>of()) {
                int equals = header.indexOf('=');
                if (equals < 0) {
                    errors.add(PROPERTY_HEADER, "'%s' must have the form <name>=<value>".formatted(header));
                    continue;
                }
                decoded(PROPERTY_HEADER, header.substring(0, equals).strip()).ifPresent(name -> decoded(
                                PROPERTY_HEADER, header.substring(equals + 1).strip())
                        .ifPresent(value -> message.property(PROPERTY_PARAMETER + name, name, value)));
            }
        }

        private Optional<Duration> timeout() {
            return one("timeout", TIMEOUT_HEADER).flatMap(text -> errors.read("timeout", text, Durations::parse)
                    .filter(timeout -> errors.check(
                            "timeout",
                            MessageAttributesBuilder.isBetween(MIN_TIMEOUT, timeout, rules.maxTimeout())
                                    ? null
                                    : "is %s; it must be from 1ms to %s"
                                            .formatted(text, Durations.format(rules.maxTimeout())))));
        }

        private List<String> all(String parameter) {
            return query.getOrDefault(parameter, List.of());
        }

        private Optional<String> decoded(String field, String text) {
            return errors.read(field, text, PercentEncoding::decode);
        }
    }
}
