package dev.rocketgateway.subscription.history;

import dev.rocketgateway.subscription.StoreUnavailableException;
import java.util.Collection;
import java.util.Set;

/**
 * Which dead letters of a consumer group have already been sent again. Thread-safe; every method may wait for the database, and throws
 * {@link StoreUnavailableException} if that does not answer.
 */
public interface RedriveLog {

    /** Where a dead letter is stored; its topic has one queue on each broker. */
    record StoredAt(String brokerName, long queueOffset) {}

    Set<StoredAt> redriven(String group);

    /** Notes that these have been sent again; those that are noted already stay so. */
    void mark(String group, Collection<StoredAt> positions);

    /** Forgets those below the offset, because the broker has deleted them. */
    void forgetBelow(String group, String brokerName, long queueOffset);
}
