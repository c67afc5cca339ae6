package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.history.Attempt;
import dev.rocketgateway.subscription.history.AttemptLog;
import dev.rocketgateway.subscription.history.AttemptOutcome;
import java.util.List;
import java.util.Optional;

/** Records, reads and deletes attempts. */
public interface AttemptHistory extends AttemptLog {

    /** An attempt and its id; later attempts have greater ids. */
    record Kept(long id, Attempt attempt) {}

    /**
     * The attempts to find.
     *
     * @param outcome {@code success}, {@code failure}, a status, or a label
     * @param before only attempts with a smaller id
     */
    record Query(
            String subscription,
            Optional<String> outcome,
            Optional<String> messageId,
            Optional<Long> before,
            int limit) {

        public Query {
            messageId = messageId.map(Attempt::storedId);
        }

        boolean matches(Attempt attempt) {
            return outcome.map(wanted -> AttemptOutcome.matches(wanted, attempt))
                            .orElse(true)
                    && messageId.map(attempt.messageId()::equals).orElse(true);
        }
    }

    /** Finds attempts, the newest first. */
    List<Kept> find(Query query);

    @Override
    default List<Attempt> of(String subscription, String messageId, int limit) {
        return find(new Query(subscription, Optional.empty(), Optional.of(messageId), Optional.empty(), limit)).stream()
                .map(Kept::attempt)
                .toList();
    }

    /** Deletes the attempts of a deleted subscription. */
    void forget(String subscription);

    /** Deletes attempts above the limits. */
    default void cleanUp() {}

    /** Starts to write recorded attempts to the database. */
    default void start() {}

    /** Writes the attempts that still wait, and stops. */
    default void stop() {}
}
