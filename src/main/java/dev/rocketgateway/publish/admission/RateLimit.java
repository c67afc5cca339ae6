package dev.rocketgateway.publish.admission;

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
 * <p>Thread-safe. A bucket that is full again because nobody has used it is forgotten. Their number is bounded: with more than
 * {@value #MAX_BUCKETS} in use, those used least begin again with a full one.
 */
final class RateLimit {

    private static final int MAX_BUCKETS = 20_000;
    private static final long NANOS_OF_A_SECOND = 1_000_000_000;

    /** A stream takes what comes back in a fraction of a second at once, so that others have their turn. */
    private static final int TURNS_PER_SECOND = 10;

    private final String name;
    private final int messages;
    private final Duration window;
    private final TimeMeter clock;
    private final Cache<String, Bucket> buckets;

    /**
     * @param clock in nanoseconds
     * @throws IllegalArgumentException for a rate that cannot be kept
     */
    RateLimit(String name, int messages, Duration window, TimeMeter clock) {
        this.name = name;
        this.messages = messages;
        this.window = window;
        this.clock = clock;
        this.buckets = Caffeine.newBuilder()
                .ticker(clock::currentTimeNanos)
                .maximumSize(MAX_BUCKETS)
                .expireAfterAccess(window)
                .build();
        fullBucket();
    }

    String name() {
        return name;
    }

    /** Most messages that can come at once. */
    int messages() {
        return messages;
    }

    /** Messages a stream takes at once. */
    int turn() {
        double perTurn = (double) messages * NANOS_OF_A_SECOND / window.toNanos() / TURNS_PER_SECOND;
        return (int) Math.max(1, Math.min(messages, perTurn));
    }

    /** What is left for one that is held to it. */
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

    /** What to say to one who has used it up. */
    String usedUp() {
        return "The rate of this %s is used up: %d messages per %s. Nothing was stored; try again after Retry-After."
                .formatted(name, messages, Durations.format(window));
    }

    /** What is left, in the words of draft-ietf-httpapi-ratelimit-headers-10, sections 3 and 4. */
    record Quota(RateLimit limit, String key) {

        /** Looked up each time: a request can live longer than the bucket it began with. */
        Bucket bucket() {
            return limit.buckets.get(key, first -> limit.fullBucket());
        }

        /** An item of {@code RateLimit-Policy}. */
        String policy() {
            return "\"%s\";q=%d;w=%d".formatted(limit.name, limit.messages, limit.window.toSeconds());
        }

        /** An item of {@code RateLimit}; {@code t} is when all of it is back. */
        String left() {
            long left = Math.max(0, bucket().getAvailableTokens());
            long untilFull = limit.window.toNanos() / limit.messages * (limit.messages - left);
            return "\"%s\";r=%d;t=%d"
                    .formatted(limit.name, left, (untilFull + NANOS_OF_A_SECOND - 1) / NANOS_OF_A_SECOND);
        }
    }
}
