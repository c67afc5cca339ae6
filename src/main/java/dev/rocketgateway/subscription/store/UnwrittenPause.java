package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.Subscription.State;
import dev.rocketgateway.subscription.document.ConfiguredSubscriptions;
import dev.rocketgateway.subscription.store.SubscriptionTable.ConfiguredState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * A pause that is in effect on this replica and not yet in the database: what calls for one must not wait for that.
 *
 * @param reason empty if there is none
 * @param generation that was paused; a change by somebody since takes its place
 */
record UnwrittenPause(String name, String reason, long generation) {

    static UnwrittenPause of(Subscription subscription, String reason) {
        return new UnwrittenPause(subscription.name(), reason, subscription.generation());
    }

    /** The subscription as it is with this pause. */
    Subscription on(Subscription subscription) {
        return subscription.generation() == generation && subscription.state() == State.ACTIVE
                ? subscription.in(State.PAUSED, Optional.of(reason).filter(text -> !text.isEmpty()), generation)
                : subscription;
    }

    /**
     * Writes it, in a transaction of the caller.
     *
     * @param configured whether the subscription is one of the configuration, of which the database has the state alone
     * @return false if the subscription was changed or paused meanwhile, or is gone
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
