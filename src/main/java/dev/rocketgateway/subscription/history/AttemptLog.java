package dev.rocketgateway.subscription.history;

import dev.rocketgateway.subscription.StoreUnavailableException;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Records delivery attempts for operators: all failures and the last successes. Thread-safe. */
public interface AttemptLog {

    /** Records an attempt. Never blocks and never fails. If the queue is full, drops the attempt and counts it. */
    void record(Attempt attempt);

    /**
     * The last failure of each message, by message id; messages without a failure are left out. May wait for the database.
     *
     * @throws StoreUnavailableException if the database does not answer
     */
    Map<String, Attempt> lastFailures(String subscription, Collection<String> messageIds);

    /**
     * The attempts for one message, the newest first. May wait for the database.
     *
     * @throws StoreUnavailableException if the database does not answer
     */
    List<Attempt> of(String subscription, String messageId, int limit);

    /** Number of attempts dropped since the start. */
    long dropped();
}
