package dev.rocketgateway.subscription;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What is forwarded where, and how: one topic and one filter, one consumer group, one endpoint. Immutable; a change is a
 * new one in its place.
 */
public record Subscription(String name, Source source, Endpoint endpoint, Delivery delivery, Retry retry) {

    /** So that {@code GW-} and the name are a legal group, and its retry topic a legal topic. */
    public static final int MAX_NAME_LENGTH = 97;

    private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1," + MAX_NAME_LENGTH + "}");

    /**
     * @throws InvalidSubscriptionException if the name is not legal
     */
    public Subscription {
        requireLegal(name);
    }

    /**
     * @throws InvalidSubscriptionException if the name is not legal
     */
    static void requireLegal(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidSubscriptionException(
                    "name", "'%s' is not a name: use 1 to %d of a-z, 0-9 and '-'".formatted(name, MAX_NAME_LENGTH));
        }
    }

    /** The group a subscription gets when it names none. */
    public static ConsumerGroup defaultGroup(String name) {
        return new ConsumerGroup("GW-" + name);
    }

    /** Which messages. */
    public record Source(TopicName topic, ConsumerGroup consumerGroup, Filter filter, StartFrom startFrom) {

        public Source {
            if (topic.isReserved()) {
                throw new InvalidSubscriptionException(
                        "source.topic", "'%s' belongs to RocketMQ itself".formatted(topic));
            }
        }
    }

    /**
     * Which messages of the topic, in the broker's terms.
     *
     * @param expression tags separated by {@code ||}, or {@code *}; or a condition over properties
     */
    public record Filter(Type type, String expression) {

        /** The language of the expression. {@code SQL92} needs {@code enablePropertyFilter} on the broker. */
        public enum Type {
            TAG,
            SQL92
        }

        public Filter {
            if (expression.isBlank()) {
                throw new InvalidSubscriptionException("source.filter.expression", "must not be empty; * takes all");
            }
        }
    }

    /** Where a group that has never consumed begins; one that has goes on where it was. */
    public record StartFrom(Position position, Optional<Instant> timestamp) {

        /** The three places to begin. */
        public enum Position {
            LATEST,
            EARLIEST,
            TIMESTAMP
        }

        public StartFrom {
            if ((position == Position.TIMESTAMP) != timestamp.isPresent()) {
                throw new InvalidSubscriptionException(
                        "source.startFrom.timestamp", "goes with position TIMESTAMP, and only with it");
            }
        }
    }

    /** Who receives. */
    public record Endpoint(URI url, Duration timeout) {

        public static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
        public static final Duration MAX_TIMEOUT = Duration.ofSeconds(30);

        public Endpoint {
            var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
            if (!scheme.equals("http") && !scheme.equals("https")) {
                throw new InvalidSubscriptionException("endpoint.url", "must begin with http:// or https://");
            }
            if (url.getHost() == null || url.getHost().isEmpty()) {
                throw new InvalidSubscriptionException("endpoint.url", "has no host, or one that is not a host name");
            }
            if (url.getRawUserInfo() != null) {
                throw new InvalidSubscriptionException("endpoint.url", "must not contain user information");
            }
            if (url.getRawFragment() != null) {
                throw new InvalidSubscriptionException("endpoint.url", "must not contain a fragment");
            }
            if (url.getPort() == 0 || url.getPort() > 65535) {
                throw new InvalidSubscriptionException("endpoint.url", "has a port outside 1 to 65535");
            }
            if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
                throw new InvalidSubscriptionException("endpoint.timeout", "must be from 100ms to 30s");
            }
        }
    }

    /**
     * How much at once.
     *
     * @param maxInFlight webhooks under way at the same time, per replica
     */
    public record Delivery(int maxInFlight) {

        public Delivery {
            if (maxInFlight < 1 || maxInFlight > 256) {
                throw new InvalidSubscriptionException("delivery.maxInFlight", "must be from 1 to 256");
            }
        }
    }

    /**
     * How often.
     *
     * @param maxAttempts deliveries of one message, the first included, before it is dead-lettered
     */
    public record Retry(int maxAttempts) {

        public Retry {
            if (maxAttempts < 1 || maxAttempts > 100) {
                throw new InvalidSubscriptionException("retry.maxAttempts", "must be from 1 to 100");
            }
        }
    }
}
