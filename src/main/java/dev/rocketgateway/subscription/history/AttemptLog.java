package dev.rocketgateway.subscription.history;

import dev.rocketgateway.subscription.StoreUnavailableException;
import java.util.Collection;
import java.util.Map;

/** What became of deliveries: all failures and the last successes, for people to look at. Thread-safe. */
public interface AttemptLog {

    /** Notes an attempt. Never blocks and never fails: what there is no room for is dropped and counted. */
    void record(Attempt attempt);

    /**
     * The last failure of each message, by message id; those without one are left out. May wait for the database.
     *
     * @throws StoreUnavailableException if the database does not answer
     */
    Map<String, Attempt> lastFailures(String subscription, Collection<String> messageIds);

    /** How many attempts were dropped since the start. */
    long dropped();
}
