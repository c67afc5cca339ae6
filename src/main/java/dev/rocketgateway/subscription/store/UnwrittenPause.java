package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.Subscription.State;
import dev.rocketgateway.subscription.document.ConfiguredSubscriptions;
import dev.rocketgateway.subscription.store.SubscriptionTable.ConfiguredState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * A pause that is in effect on this replica but not yet in the database, because a pause must not wait for the database.
 *
 * @param reason why the subscription is paused; an empty string if no reason is known
 * @param generation the generation that was paused; a later change takes precedence
 */
record UnwrittenPause(String name, String reason, long generation) {

    static UnwrittenPause of(Subscription subscription, String reason) {
        return new UnwrittenPause(subscription.name(), reason, subscription.generation());
    }

    /** Applies this pause to the subscription. */
    Subscription on(Subscription subscription) {
        return subscription.generation() == generation && subscription.state() == State.ACTIVE
                ? subscription.in(State.PAUSED, Optional.of(reason).filter(text -> !text.isEmpty()), generation)
                : subscription;
    }

    /**
     * Writes the pause in the caller's transaction.
     *
     * @param configured whether the subscription comes from the configuration; the database then has only its state
     * @return false if the subscription was changed, paused or deleted in the meantime
     */
    boolean write(Connection connection, boolean configured) throws SQLException {
        long revision = SubscriptionTable.nextRevision(connection);
        return configured ? writeState(connection, revision) : writeRow(connection, revision);
    }

    private boolean writeState(Connection connection, long revision) throws SQLException {
        var before = SubscriptionTable.configuredStates(connection).get(name);
        if (generation != (before == null ? ConfiguredSubscriptions.FIRST_GENERATION : before.generation())) {
            return false;
        }
        SubscriptionTable.setConfiguredState(
                connection, name, new ConfiguredState(State.PAUSED, Optional.of(reason), revision));
        return true;
    }

    private boolean writeRow(Connection connection, long revision) throws SQLException {
        var row = SubscriptionTable.find(connection, name);
        return row.isPresent()
                && row.get().state() == State.ACTIVE
                && SubscriptionTable.update(
                        connection,
                        row.get().toSubscription().in(State.PAUSED, Optional.of(reason), revision),
                        generation,
                        revision,
                        revision);
    }
}
