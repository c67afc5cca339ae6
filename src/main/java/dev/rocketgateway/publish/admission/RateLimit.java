package dev.rocketgateway.publish.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rocketgateway.message.Durations;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * Enforces one rate, with a token bucket for each caller or topic.
 *
 * <p>Thread-safe. An unused bucket is dropped when it is full again. The number of buckets is bounded: with more than {@value
 * #MAX_BUCKETS}, the least used are dropped, and their callers or topics start again with a full bucket.
 */
final class RateLimit {

    private static final int MAX_BUCKETS = 20_000;
    private static final long NANOS_OF_A_SECOND = 1_000_000_000;

    /** A stream takes tokens for a tenth of a second at a time, so that other requests get a turn. */
    private static final int TURNS_PER_SECOND = 10;

    private final String name;
    private final int messages;
    private final Duration window;
    private final TimeMeter clock;
    private final Cache<String, Bucket> buckets;

    /**
     * @param clock in nanoseconds
     * @throws IllegalArgumentException if the rate is invalid
     */
    RateLimit(String name, int messages, Duration window, TimeMeter clock) {
        this.name = name;
        this.messages = messages;
        this.window = window;
        this.clock = clock;
        this.buckets = Caffeine.newBuilder()
                .ticker(clock::currentTimeNanos)
                .maximumSize(MAX_BUCKETS)
                // By default the cache wakes another thread for its upkeep after every 16 reads, and after each write.
                .executor(Runnable::run)
                .expireAfterAccess(window)
                .build();
        fullBucket();
    }

    String name() {
        return name;
    }

    /** The size of a full bucket: the maximum number of messages at once. */
    int messages() {
        return messages;
    }

    /** The maximum number of tokens that a stream takes at a time. */
    int turn() {
        double perTurn = (double) messages * NANOS_OF_A_SECOND / window.toNanos() / TURNS_PER_SECOND;
        return (int) Math.max(1, Math.min(messages, perTurn));
    }

    /** The quota of one caller or topic. */
    Quota of(String key) {
        return new Quota(this, key);
    }

    private Bucket fullBucket() {
        return Bucket.builder()
                .withCustomTimePrecision(clock)
                .addLimit(Bandwidth.builder()
                        .capacity(messages)
                        .refillGreedy(messages, window)
                        .build())
                .build();
    }

    /** The first sentence of the error text for a caller whose rate is used up. */
    String usedUp() {
        return "The rate of this %s is used up: %d messages per %s."
                .formatted(name, messages, Durations.format(window));
    }

    /** The quota of one caller or topic, in the terms of draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4. */
    record Quota(RateLimit limit, String key) {

        /** Looks the bucket up each time, because a request can live longer than its first bucket. */
        Bucket bucket() {
            return limit.buckets.get(key, first -> limit.fullBucket());
        }

        /** The quota as an item of the header {@code RateLimit-Policy}. */
        String policy() {
            return "\"%s\";q=%d;w=%d".formatted(limit.name, limit.messages, limit.window.toSeconds());
        }

        /**
         * The remaining tokens as an item of the header {@code RateLimit}; {@code t} is the time in seconds until the bucket is
         * full.
         */
        String left() {
            long left = Math.max(0, bucket().getAvailableTokens());
            long untilFull = limit.window.toNanos() / limit.messages * (limit.messages - left);
            return "\"%s\";r=%d;t=%d"
                    .formatted(limit.name, left, (untilFull + NANOS_OF_A_SECOND - 1) / NANOS_OF_A_SECOND);
        }
    }
}
