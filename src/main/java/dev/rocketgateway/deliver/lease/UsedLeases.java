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
 * Remembers the leases that workers have used on this replica, until these leases end. The broker does not refuse a second use of a
 * lease, and an extension after an acknowledgment brings the message back. Bounded; thread-safe.
 */
final class UsedLeases {

    private static final int MAX_LEASES = 20_000;

    private final Cache<String, Entry> used = Caffeine.newBuilder()
            .maximumSize(MAX_LEASES)
            // By default the cache wakes another thread for its upkeep after every 16 reads, and after each write.
            .executor(Runnable::run)
            .expireAfter(Expiry.<String, Entry>creating(
                    (checkpoint, entry) -> Duration.between(Instant.now(), entry.until())))
            .build();

    /** How a lease was used. */
    enum Use {
        ACKNOWLEDGED("the message is acknowledged"),
        /** The broker has not answered the call yet, or will not answer, so the message may have been acknowledged. */
        MAYBE_ACKNOWLEDGED("an acknowledgment with this receipt is in flight, or may have taken effect"),
        EXTENDED(
                "the lease was extended or the message given back with this receipt; use the newest receipt of the message"),
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

    /** Records a use, and replaces an earlier record. */
    void set(Lease lease, Receipt receipt, Use use) {
        used.put(key(lease), new Entry(use, receipt.visibleUntil()));
    }

    /** Records a use if the lease has no recorded use. Otherwise, returns the recorded use. */
    Optional<Use> setIfUnused(Lease lease, Receipt receipt, Use use) {
        return use(used.asMap().putIfAbsent(key(lease), new Entry(use, receipt.visibleUntil())));
    }

    /** Removes the record of a use that had no effect. */
    void forget(Lease lease) {
        used.invalidate(key(lease));
    }

    /** The key of a lease. It includes the group, because two groups can have leases with the same checkpoint. */
    private static String key(Lease lease) {
        return lease.group() + " " + lease.topic() + " " + lease.checkpoint();
    }

    private static Optional<Use> use(@Nullable Entry entry) {
        return Optional.ofNullable(entry).map(Entry::use);
    }
}
