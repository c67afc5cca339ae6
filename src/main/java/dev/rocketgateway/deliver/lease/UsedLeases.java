package dev.rocketgateway.deliver.lease;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.rocketgateway.deliver.MessageLeases.Lease;
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
        /** The call runs, or the broker did not answer, so the message may be acknowledged. */
        MAYBE_ACKNOWLEDGED("an acknowledgment with this receipt is in flight, or may have taken effect"),
        EXTENDED("the lease was extended before; use the newer receipt"),
        /** The broker did not answer, so the lease may have been extended. */
        MAYBE_EXTENDED(
                "an earlier extension may have taken effect, and a second extension could create a copy of the message");

        private final String words;

        Use(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    private record Entry(Use use, Instant until) {}

    /** Records a use, whatever was recorded before. */
    void set(Lease lease, Receipt receipt, Use use) {
        used.put(key(lease), new Entry(use, receipt.visibleUntil()));
    }

    /** Records a use, unless one is recorded. Returns the recorded one, if there is any. */
    Optional<Use> setIfUnused(Lease lease, Receipt receipt, Use use) {
        return use(used.asMap().putIfAbsent(key(lease), new Entry(use, receipt.visibleUntil())));
    }

    /** Forgets a use that did not take place. */
    void forget(Lease lease) {
        used.invalidate(key(lease));
    }

    /** Two groups can have leases with the same checkpoint. */
    private static String key(Lease lease) {
        return lease.group() + " " + lease.topic() + " " + lease.checkpoint();
    }

    private static Optional<Use> use(@Nullable Entry entry) {
        return Optional.ofNullable(entry).map(Entry::use);
    }
}
