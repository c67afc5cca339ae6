package dev.rocketgateway.publish;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rocketgateway.message.Durations;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/**
 * One kind of rate, with a bucket for each that is held to it.
 *
 * <p>Thread-safe. Keeps a bounded number of buckets; one nobody has used for a window is full again and forgotten.
 */
final class RateLimit {

    private static final int MAX_BUCKETS = 20_000;
    private static final long NANOS_OF_A_SECOND = 1_000_000_000;

    private final String name;
    private final int messages;
    private final Duration window;
    private final TimeMeter clock;
    private final Cache<String, Bucket> buckets;

    RateLimit(String name, int messages, Duration window, TimeMeter clock) {
        this.name = name;
        this.messages = messages;
        this.window = window;
        this.clock = clock;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(MAX_BUCKETS)
                .expireAfterAccess(window)
                .build();
    }

    String name() {
        return name;
    }

    /** Most messages that can come at once. */
    int messages() {
        return messages;
    }

    /** Messages that come back within a second, at least one. */
    int perSecond() {
        double perSecond = (double) messages * NANOS_OF_A_SECOND / window.toNanos();
        return (int) Math.max(1, Math.min(messages, perSecond));
    }

    /** What is left for one that is held to it. */
    Quota of(String key) {
        return new Quota(this, buckets.get(key, first -> fullBucket()));
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

    @Override
    public String toString() {
        return "%d messages per %s and %s".formatted(messages, Durations.format(window), name);
    }

    /** What is left, in the words of draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4. */
    record Quota(RateLimit limit, Bucket bucket) {

        /** An item of {@code RateLimit-Policy}. */
        String policy() {
            return "\"%s\";q=%d;w=%d".formatted(limit.name, limit.messages, seconds(limit.window.toNanos()));
        }

        /** An item of {@code RateLimit}; {@code t} is when all of it is back. */
        String left() {
            long left = Math.max(0, bucket.getAvailableTokens());
            long untilFull = limit.window.toNanos() / limit.messages * (limit.messages - left);
            return "\"%s\";r=%d;t=%d".formatted(limit.name, left, seconds(untilFull));
        }

        private static long seconds(long nanos) {
            return (nanos + NANOS_OF_A_SECOND - 1) / NANOS_OF_A_SECOND;
        }
    }
}
