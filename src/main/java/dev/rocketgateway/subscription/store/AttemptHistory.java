package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.history.Attempt;
import dev.rocketgateway.subscription.history.AttemptLog;
import dev.rocketgateway.subscription.history.AttemptOutcome;
import java.util.List;
import java.util.Optional;

/** The attempts that are kept, for those who look at them. */
public interface AttemptHistory extends AttemptLog {

    /** An attempt and its place; a later one is greater. */
    record Kept(long id, Attempt attempt) {}

    /**
     * Which to show.
     *
     * @param outcome {@code success}, {@code failure}, a status, or a label
     * @param before only those with a smaller id
     */
    record Query(
            String subscription,
            Optional<String> outcome,
            Optional<String> messageId,
            Optional<Long> before,
            int limit) {

        public Query {
            messageId = messageId.map(Attempt::keptId);
        }

        boolean matches(Attempt attempt) {
            return outcome.map(wanted -> AttemptOutcome.matches(wanted, attempt))
                            .orElse(true)
                    && messageId.map(attempt.messageId()::equals).orElse(true);
        }
    }

    /** Newest first. */
    List<Kept> find(Query query);

    /** Forgets those of a subscription that is gone. */
    void forget(String subscription);

    /** Deletes what need not be kept. */
    default void cleanUp() {}

    /** Begins to write. */
    default void start() {}

    /** Writes what is waiting, and ends. */
    default void stop() {}
}
