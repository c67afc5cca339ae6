package dev.rocketgateway.subscription.store;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.store.SubscriptionTable.ConfiguredState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * The last known content of the database.
 *
 * @param rows the subscriptions created through the API, by name
 * @param states the states of subscriptions of the configuration, by name
 * @param firstStarts the entries of {@link FirstStarts}, by consumer group
 * @param revision number of the last change in this content; -1 if the database was not read yet
 */
record StoredContent(
        Map<String, Subscription> rows,
        Map<String, ConfiguredState> states,
        Map<String, Instant> firstStarts,
        long revision) {

    static final StoredContent UNREAD = new StoredContent(Map.of(), Map.of(), Map.of(), -1);

    private static final Logger LOG = Logger.getLogger(StoredContent.class);

    /**
     * The subscriptions of the configuration and of the database.
     *
     * @param conflicting names of stored subscriptions that do not run, because the configuration has their name or group
     */
    record Combined(List<Subscription> subscriptions, Set<String> conflicting) {}

    boolean isRead() {
        return revision >= 0;
    }

    StoredContent with(Map<String, Instant> firstStarts) {
        return new StoredContent(rows, states, firstStarts, revision);
    }

    /** Reads the changes since this content, or everything, and returns the new content. */
    StoredContent next(Connection connection, boolean everything) throws SQLException {
        long next = SubscriptionTable.revision(connection);
        if (!everything && next == revision) {
            return this;
        }
        var changed = new HashMap<>(rows);
        var nextStates = SubscriptionTable.configuredStates(connection);
        changed.keySet().retainAll(SubscriptionTable.names(connection));
        for (var row : SubscriptionTable.changedSince(connection, everything ? -1 : revision)) {
            try {
                changed.put(row.name(), row.toSubscription());
            } catch (IllegalArgumentException | GatewayException e) {
                // Probably written by a newer version. A subscription that cannot be read must not run.
                LOG.errorf(e, "a stored subscription cannot be read, so it does not run subscription=%s", row.name());
                changed.remove(row.name());
            }
        }
        return new StoredContent(changed, nextStates, FirstStarts.read(connection), next);
    }

    /**
     * Combines the subscriptions of the configuration and of the database. If two have the same name or group, the configuration
     * takes precedence: the API can refuse a request whose name or group is taken, but nothing can refuse the configuration.
     */
    Combined combinedWith(List<Subscription> configured) {
        var all = new ArrayList<Subscription>();
        var taken = new HashSet<Object>();
        for (var subscription : configured) {
            all.add(inState(FirstStarts.on(subscription, firstStarts)));
            taken.add(subscription.name());
            taken.add(subscription.source().consumerGroup());
        }
        var conflicting = new HashSet<String>();
        for (var subscription : rows.values()) {
            if (taken.contains(subscription.name())
                    || taken.contains(subscription.source().consumerGroup())) {
                conflicting.add(subscription.name());
            } else {
                all.add(subscription);
            }
        }
        return new Combined(all, conflicting);
    }

    private Subscription inState(Subscription subscription) {
        var state = states.get(subscription.name());
        return state == null ? subscription : subscription.in(state.state(), state.reason(), state.generation());
    }
}
