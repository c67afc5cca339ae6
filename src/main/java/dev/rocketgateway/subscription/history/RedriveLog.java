package dev.rocketgateway.subscription.history;

import dev.rocketgateway.subscription.StoreUnavailableException;
import java.util.Collection;
import java.util.Set;

/**
 * Records which dead letters of a consumer group were redriven (given back to the group for delivery). Thread-safe; every method
 * may wait for the database, and throws {@link StoreUnavailableException} if the database does not answer.
 */
public interface RedriveLog {

    /**
     * Position of a dead letter. The topic of dead letters has one queue on each broker, so the broker and the offset are enough.
     */
    record StoredAt(String brokerName, long queueOffset) {}

    Set<StoredAt> redriven(String group);

    /** Records dead letters as redriven; repeated calls change nothing. */
    void mark(String group, Collection<StoredAt> positions);

    /** Forgets dead letters below the offset, because the broker has deleted them. */
    void forgetBelow(String group, String brokerName, long queueOffset);
}
