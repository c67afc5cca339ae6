package dev.rocketgateway.deliver.lease;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers, until their ends, the leases that workers have used on this replica. The broker confirms a second use of a lease as if it
 * were the first, and an extension after an acknowledgment brings the message back. Bounded; thread-safe.
 */
final class UsedLeases {

    private static final int MAX_LEASES = 20_000;

    private final Cache<String, Entry> used = Caffeine.newBuilder()
            .maximumSize(MAX_LEASES)
            .expireAfter(Expiry.<String, Entry>creating(
                    (checkpoint, entry) -> Duration.between(Instant.now(), entry.until())))
            .build();

    /** How a lease was used. */
    enum Use {
        ACKNOWLEDGED("the message is acknowledged"),
        EXTENDED("the lease was extended before; use the newer receipt"),
        /** The broker did not answer, so the lease may have been extended. */
        MAYBE_EXTENDED("an earlier extension may have taken effect, so a second one could make a copy of the message");

        private final String words;

        Use(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    private record Entry(Use use, Instant until) {}

    Optional<Use> of(Receipt receipt) {
        return use(used.getIfPresent(receipt.checkpoint()));
    }

    /** Records a use, whatever was recorded before. */
    void set(Receipt receipt, Use use) {
        used.put(receipt.checkpoint(), new Entry(use, receipt.visibleUntil()));
    }

    /** Records a use, unless one is recorded. Returns the recorded one, if there is any. */
    Optional<Use> setIfUnused(Receipt receipt, Use use) {
        return use(used.asMap().putIfAbsent(receipt.checkpoint(), new Entry(use, receipt.visibleUntil())));
    }

    /** Forgets a use that did not take place. */
    void forget(Receipt receipt) {
        used.invalidate(receipt.checkpoint());
    }

    private static Optional<Use> use(@Nullable Entry entry) {
        return Optional.ofNullable(entry).map(Entry::use);
    }
}
