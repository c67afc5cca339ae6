package dev.rocketgateway.security.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;

/** Limits the number of failed authentications per address. Thread-safe; remembers a bounded number of addresses. */
final class Failures {

    private static final int MAX_ADDRESSES = 10_000;
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final int perMinute;
    private final TimeMeter clock;
    private final Cache<String, Bucket> byAddress;

    /**
     * @param perMinute number of failures of one address per minute whose response shows the reason
     */
    Failures(int perMinute, TimeMeter clock) {
        this.perMinute = perMinute;
        this.clock = clock;
        this.byAddress = Caffeine.newBuilder()
                .ticker(clock::currentTimeNanos)
                .maximumSize(MAX_ADDRESSES)
                .expireAfterAccess(WINDOW)
                .build();
    }

    /** Counts a failure. Returns false if the address has had too many failures. */
    boolean count(String address) {
        return byAddress
                .get(address, first -> Bucket.builder()
                        .withCustomTimePrecision(clock)
                        .addLimit(limit -> limit.capacity(perMinute).refillGreedy(perMinute, WINDOW))
                        .build())
                .tryConsume(1);
    }
}
