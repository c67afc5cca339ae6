package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.Subscription;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Stores, for each consumer group, the time when a gateway first read its subscription from the configuration. With the start
 * position LATEST, the subscription begins with the messages of this time: also on brokers that answer later, and also if another
 * gateway starts it.
 */
final class FirstStarts {

    private FirstStarts() {}

    static Map<String, Instant> read(Connection connection) throws SQLException {
        return Sql.query(
                        connection,
                        "select consumer_group, started_at from first_start",
                        row -> Map.entry(
                                row.getString("consumer_group"), Instant.ofEpochMilli(row.getLong("started_at"))))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    static boolean containsAll(Map<String, Instant> starts, Collection<Subscription> subscriptions) {
        return subscriptions.stream().allMatch(known -> starts.containsKey(group(known)));
    }

    /**
     * Adds missing entries in the caller's transaction and returns all entries. Other gateways wait until the transaction has
     * ended.
     */
    static Map<String, Instant> add(Connection connection, Collection<Subscription> subscriptions) throws SQLException {
        SubscriptionTable.nextRevision(connection);
        var starts = new HashMap<>(read(connection));
        for (var subscription : subscriptions) {
            if (starts.putIfAbsent(group(subscription), subscription.createdAt()) == null) {
                Sql.update(
                        connection,
                        "insert into first_start (consumer_group, started_at) values (?, ?)",
                        group(subscription),
                        subscription.createdAt().toEpochMilli());
            }
        }
        return starts;
    }

    /** Returns the subscription with the time of its first start, if known, as its creation time. */
    static Subscription on(Subscription subscription, Map<String, Instant> starts) {
        var start = starts.get(group(subscription));
        return start == null ? subscription : subscription.createdAt(start);
    }

    private static String group(Subscription subscription) {
        return subscription.source().consumerGroup().value();
    }
}
