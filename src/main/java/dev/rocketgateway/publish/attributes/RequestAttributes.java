package dev.rocketgateway.publish.attributes;

import dev.rocketgateway.message.Durations;
import dev.rocketgateway.message.MessageProperties;
import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.problem.GatewayException;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
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
 * Values of headers are percent-encoded UTF-8. An attribute that is in the query and in a header must have the same value in both.
 * Unknown names are refused; see {@link AttributeNames}.
 *
 * @param message the attributes of the message
 * @param timeout how long to wait for the broker, if the caller sets it
 */
public record RequestAttributes(MessageAttributes message, Optional<Duration> timeout) {

    private static final Duration MIN_TIMEOUT = Duration.ofMillis(1);

    /**
     * Reads the timeout of a batch whose messages have their own attributes. Refuses all other attributes in the query and the
     * headers.
     *
     * @return how long to wait for the broker, if the caller sets it
     * @throws GatewayException {@code invalid-request} with one error per fault
     */
    public static Optional<Duration> readTimeout(
            Map<String, List<String>> query, MultiMap headers, AttributeRules rules) {
        return new Reader(query, headers, rules).readTimeout();
    }

    /**
     * Reads the attributes of the message that is the body of a request.
     *
     * @param query decoded; names are case-sensitive, because names of properties are
     * @throws GatewayException {@code invalid-request} with one error per fault, or {@code properties-too-large}
     */
    public static RequestAttributes read(Map<String, List<String>> query, MultiMap headers, AttributeRules rules) {
        return read(query, headers, headers.get("Content-Type"), rules);
    }

    /**
     * Reads the attributes of messages that are parts of a body. All these messages have the same attributes.
     *
     * @param contentType the content type of each message
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

        /** Whether the request has a {@code RocketMQ-*} header. Most requests have none; then no such header is looked up. */
        private boolean anyHeader;

        Reader(Map<String, List<String>> query, MultiMap headers, AttributeRules rules) {
            this.query = query;
            this.headers = headers;
            this.rules = rules;
            this.message = new MessageAttributesBuilder(rules, errors);
        }

        public RequestAttributes read(@Nullable String contentType) {
            anyHeader = AttributeNames.refuseUnknown(query, headers, errors);
            one("tag", AttributeNames.TAG_HEADER, message::tag);
            keys();
            one("messageGroup", AttributeNames.MESSAGE_GROUP_HEADER, message::messageGroup);
            one("delay", AttributeNames.DELAY_HEADER, message::delay);
            one("deliverAt", AttributeNames.DELIVER_AT_HEADER, message::deliverAt);
            one("delayLevel", AttributeNames.DELAY_LEVEL_HEADER, message::delayLevel);
            properties();
            for (String key : headers.getAll(AttributeNames.IDEMPOTENCY_KEY_HEADER)) {
                decoded(AttributeNames.IDEMPOTENCY_KEY_HEADER, key)
                        .ifPresent(decoded -> message.idempotencyKey(AttributeNames.IDEMPOTENCY_KEY_HEADER, decoded));
            }
            message.keep("Content-Type", MessageProperties.CONTENT_TYPE, contentType);
            message.keep("Content-Encoding", MessageProperties.CONTENT_ENCODING, headers.get("Content-Encoding"));
            var timeout = timeout();
            return new RequestAttributes(message.build(), timeout);
        }

        public Optional<Duration> readTimeout() {
            anyHeader = AttributeNames.refuseAllButTimeout(query, headers, errors);
            var timeout = timeout();
            errors.throwIfAny();
            return timeout;
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
            for (String list : headers.getAll(AttributeNames.KEYS_HEADER)) {
                for (String key : list.split(",", -1)) {
                    decoded(AttributeNames.KEYS_HEADER, key.strip()).ifPresent(fromHeader::add);
                }
            }
            if (!fromQuery.isEmpty() && !fromHeader.isEmpty() && !fromQuery.equals(fromHeader)) {
                errors.add("key", "differs from the value of the header " + AttributeNames.KEYS_HEADER);
            }
            (fromQuery.isEmpty() ? fromHeader : fromQuery).forEach(key -> message.key("key", key));
        }

        private void properties() {
            for (String parameter : query.keySet()) {
                if (parameter.startsWith(AttributeNames.PROPERTY_PARAMETER)) {
                    var name = parameter.substring(AttributeNames.PROPERTY_PARAMETER.length());
                    all(parameter).forEach(value -> message.property(parameter, name, value));
                }
            }
            for (String header : anyHeader ? headers.getAll(AttributeNames.PROPERTY_HEADER) : List.<String>of()) {
                int equals = header.indexOf('=');
                if (equals < 0) {
                    errors.add(
                            AttributeNames.PROPERTY_HEADER, "'%s' must have the form <name>=<value>".formatted(header));
                    continue;
                }
                decoded(
                                AttributeNames.PROPERTY_HEADER,
                                header.substring(0, equals).strip())
                        .ifPresent(name -> decoded(
                                        AttributeNames.PROPERTY_HEADER,
                                        header.substring(equals + 1).strip())
                                .ifPresent(value ->
                                        message.property(AttributeNames.PROPERTY_PARAMETER + name, name, value)));
            }
        }

        private Optional<Duration> timeout() {
            return one("timeout", AttributeNames.TIMEOUT_HEADER)
                    .flatMap(text -> errors.read("timeout", text, Durations::parse)
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
