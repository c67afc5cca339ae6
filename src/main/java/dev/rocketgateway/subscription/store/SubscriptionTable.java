package dev.rocketgateway.subscription.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.Subscription.State;
import dev.rocketgateway.subscription.document.DocumentSource;
import dev.rocketgateway.subscription.document.JsonDocument;
import dev.rocketgateway.subscription.document.SubscriptionDocument;
import dev.rocketgateway.subscription.document.SubscriptionWriter;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import dev.rocketgateway.subscription.secret.SealedText;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and writes rows of subscriptions created through the API, and of states of configured subscriptions. */
final class SubscriptionTable {

    private static final String COLUMNS = "name, spec, state, state_reason, generation, updated_rev, created_at";

    private SubscriptionTable() {}

    /** One row. */
    record Row(
            String name,
            String spec,
            State state,
            Optional<String> reason,
            long generation,
            long revision,
            Instant createdAt) {

        /**
         * @throws InvalidSubscriptionException if a newer version wrote it
         */
        Subscription toSubscription() {
            var faults = new Faults();
            ObjectNode document = JsonDocument.parse(spec.getBytes(StandardCharsets.UTF_8), faults);
            return SubscriptionDocument.read(name, document, DocumentSource.STORE, generation, faults)
                    .in(state, reason, generation)
                    .createdAt(createdAt);
        }
    }

    /** The last state of a subscription of the configuration. */
    record ConfiguredState(State state, Optional<String> reason, long generation) {}

    static long revision(Connection connection) throws SQLException {
        try (var query = connection.prepareStatement("select revision from config_revision where id = 1");
                var result = query.executeQuery()) {
            result.next();
            return result.getLong(1);
        }
    }

    /** The number of the next change. Other changes wait until this transaction has ended. */
    static long nextRevision(Connection connection) throws SQLException {
        try (var update =
                connection.prepareStatement("update config_revision set revision = revision + 1 where id = 1")) {
            update.executeUpdate();
        }
        return revision(connection);
    }

    static Map<String, Long> revisions(Connection connection) throws SQLException {
        try (var query = connection.prepareStatement("select name, updated_rev from subscription");
                var result = query.executeQuery()) {
            var revisions = new HashMap<String, Long>();
            while (result.next()) {
                revisions.put(result.getString(1), result.getLong(2));
            }
            return revisions;
        }
    }

    static List<Row> changedSince(Connection connection, long revision) throws SQLException {
        try (var query =
                connection.prepareStatement("select " + COLUMNS + " from subscription where updated_rev > ?")) {
            query.setLong(1, revision);
            return rows(query);
        }
    }

    static Optional<Row> find(Connection connection, String name) throws SQLException {
        try (var query = connection.prepareStatement("select " + COLUMNS + " from subscription where name = ?")) {
            query.setString(1, name);
            return rows(query).stream().findFirst();
        }
    }

    /** The name of the subscription with the group, if there is one. */
    static Optional<String> ownerOf(Connection connection, String group) throws SQLException {
        try (var query = connection.prepareStatement("select name from subscription where consumer_group = ?")) {
            query.setString(1, group);
            try (var result = query.executeQuery()) {
                return result.next() ? Optional.of(result.getString(1)) : Optional.empty();
            }
        }
    }

    /** Sets the first revision of a new subscription at the end of its transaction; its generation is the revision. */
    static void setFirstRevision(Connection connection, String name, long revision) throws SQLException {
        try (var update =
                connection.prepareStatement("update subscription set generation = ?, updated_rev = ? where name = ?")) {
            update.setLong(1, revision);
            update.setLong(2, revision);
            update.setString(3, name);
            update.executeUpdate();
        }
    }

    /** Inserts a new subscription; its generation is the revision. */
    static void insert(Connection connection, Subscription subscription, long revision) throws SQLException {
        try (var insert = connection.prepareStatement(
                "insert into subscription (name, consumer_group, spec, state, state_reason, generation, updated_rev,"
                        + " created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            insert.setString(1, subscription.name());
            insert.setString(2, subscription.source().consumerGroup().value());
            insert.setString(3, spec(subscription));
            insert.setString(4, subscription.state().name());
            insert.setString(5, text(subscription.stateReason()));
            insert.setLong(6, revision);
            insert.setLong(7, revision);
            insert.setLong(8, subscription.createdAt().toEpochMilli());
            insert.setLong(9, System.currentTimeMillis());
            insert.executeUpdate();
        }
    }

    /**
     * @param known the expected generation
     * @return whether the row had this generation
     */
    static boolean update(Connection connection, Subscription subscription, long known, long generation, long revision)
            throws SQLException {
        try (var update = connection.prepareStatement(
                "update subscription set spec = ?, state = ?, state_reason = ?, generation = ?, updated_rev = ?,"
                        + " updated_at = ? where name = ? and generation = ?")) {
            update.setString(1, spec(subscription));
            update.setString(2, subscription.state().name());
            update.setString(3, text(subscription.stateReason()));
            update.setLong(4, generation);
            update.setLong(5, revision);
            update.setLong(6, System.currentTimeMillis());
            update.setString(7, subscription.name());
            update.setLong(8, known);
            return update.executeUpdate() == 1;
        }
    }

    static boolean delete(Connection connection, String name, long known) throws SQLException {
        try (var delete = connection.prepareStatement("delete from subscription where name = ? and generation = ?")) {
            delete.setString(1, name);
            delete.setLong(2, known);
            return delete.executeUpdate() == 1;
        }
    }

    static Map<String, ConfiguredState> configuredStates(Connection connection) throws SQLException {
        try (var query = connection.prepareStatement(
                        "select name, state, state_reason, generation from configured_state");
                var result = query.executeQuery()) {
            var states = new HashMap<String, ConfiguredState>();
            while (result.next()) {
                states.put(
                        result.getString(1),
                        new ConfiguredState(
                                State.valueOf(result.getString(2)),
                                Optional.ofNullable(result.getString(3)),
                                result.getLong(4)));
            }
            return states;
        }
    }

    static void setConfiguredState(Connection connection, String name, ConfiguredState state) throws SQLException {
        try (var delete = connection.prepareStatement("delete from configured_state where name = ?")) {
            delete.setString(1, name);
            delete.executeUpdate();
        }
        try (var insert = connection.prepareStatement(
                "insert into configured_state (name, state, state_reason, generation) values (?, ?, ?, ?)")) {
            insert.setString(1, name);
            insert.setString(2, state.state().name());
            insert.setString(3, text(state.reason()));
            insert.setLong(4, state.generation());
            insert.executeUpdate();
        }
    }

    private static String spec(Subscription subscription) {
        return SubscriptionWriter.write(subscription, SealedText::write).toString();
    }

    private static List<Row> rows(PreparedStatement query) throws SQLException {
        try (ResultSet result = query.executeQuery()) {
            var rows = new ArrayList<Row>();
            while (result.next()) {
                rows.add(new Row(
                        result.getString(1),
                        result.getString(2),
                        State.valueOf(result.getString(3)),
                        Optional.ofNullable(result.getString(4)),
                        result.getLong(5),
                        result.getLong(6),
                        Instant.ofEpochMilli(result.getLong(7))));
            }
            return rows;
        }
    }

    private static @Nullable String text(Optional<String> text) {
        return text.map(given -> given.length() > 1000 ? given.substring(0, 1000) : given)
                .orElse(null);
    }
}
