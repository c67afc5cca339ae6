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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads and writes rows of subscriptions created through the API, and of states of configured subscriptions. */
final class SubscriptionTable {

    private static final String SELECT =
            "select name, spec, state, state_reason, generation, updated_rev, created_at from subscription";

    private SubscriptionTable() {}

    /** One row of the table {@code subscription}. */
    record Row(
            String name,
            String spec,
            State state,
            Optional<String> reason,
            long generation,
            long revision,
            Instant createdAt) {

        /**
         * Reads the subscription from this row.
         *
         * @throws InvalidSubscriptionException if this version cannot read the row, because a newer version wrote it
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
        return Sql.query(
                        connection, "select revision from config_revision where id = 1", row -> row.getLong("revision"))
                .get(0);
    }

    /** Reserves and returns the number of the next change. Other changes wait until this transaction has ended. */
    static long nextRevision(Connection connection) throws SQLException {
        Sql.update(connection, "update config_revision set revision = revision + 1 where id = 1");
        return revision(connection);
    }

    /** The names of all subscriptions. */
    static Set<String> names(Connection connection) throws SQLException {
        return Set.copyOf(Sql.query(connection, "select name from subscription", row -> row.getString("name")));
    }

    static List<Row> changedSince(Connection connection, long revision) throws SQLException {
        return Sql.query(connection, SELECT + " where updated_rev > ?", SubscriptionTable::read, revision);
    }

    static Optional<Row> find(Connection connection, String name) throws SQLException {
        return Sql.query(connection, SELECT + " where name = ?", SubscriptionTable::read, name).stream()
                .findFirst();
    }

    /** The name of the subscription with the group, if there is one. */
    static Optional<String> ownerOf(Connection connection, String group) throws SQLException {
        return Sql.query(
                        connection,
                        "select name from subscription where consumer_group = ?",
                        row -> row.getString("name"),
                        group)
                .stream()
                .findFirst();
    }

    /**
     * Sets the revision and the generation of a new subscription to the given number, at the end of the transaction that inserts the
     * subscription.
     */
    static void setFirstRevision(Connection connection, String name, long revision) throws SQLException {
        Sql.update(
                connection,
                "update subscription set generation = ?, updated_rev = ? where name = ?",
                revision,
                revision,
                name);
    }

    /** Inserts a new subscription; its generation is the revision. */
    static void insert(Connection connection, Subscription subscription, long revision) throws SQLException {
        Sql.update(
                connection,
                "insert into subscription (name, consumer_group, spec, state, state_reason, generation, updated_rev,"
                        + " created_at, updated_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                subscription.name(),
                subscription.source().consumerGroup().value(),
                spec(subscription),
                subscription.state().name(),
                clipped(subscription.stateReason()),
                revision,
                revision,
                subscription.createdAt().toEpochMilli(),
                System.currentTimeMillis());
    }

    /**
     * Updates the row of a subscription, if it has the expected generation.
     *
     * @param known the expected generation
     * @return whether the row had this generation
     */
    static boolean update(Connection connection, Subscription subscription, long known, long generation, long revision)
            throws SQLException {
        return Sql.update(
                        connection,
                        "update subscription set spec = ?, state = ?, state_reason = ?, generation = ?, updated_rev = ?,"
                                + " updated_at = ? where name = ? and generation = ?",
                        spec(subscription),
                        subscription.state().name(),
                        clipped(subscription.stateReason()),
                        generation,
                        revision,
                        System.currentTimeMillis(),
                        subscription.name(),
                        known)
                == 1;
    }

    static boolean delete(Connection connection, String name, long known) throws SQLException {
        return Sql.update(connection, "delete from subscription where name = ? and generation = ?", name, known) == 1;
    }

    static Map<String, ConfiguredState> configuredStates(Connection connection) throws SQLException {
        return Sql.query(
                        connection,
                        "select name, state, state_reason, generation from configured_state",
                        row -> Map.entry(
                                row.getString("name"),
                                new ConfiguredState(state(row), reason(row), row.getLong("generation"))))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    static void setConfiguredState(Connection connection, String name, ConfiguredState state) throws SQLException {
        Sql.update(connection, "delete from configured_state where name = ?", name);
        Sql.update(
                connection,
                "insert into configured_state (name, state, state_reason, generation) values (?, ?, ?, ?)",
                name,
                state.state().name(),
                clipped(state.reason()),
                state.generation());
    }

    private static String spec(Subscription subscription) {
        return SubscriptionWriter.write(subscription, SealedText::write).toString();
    }

    private static Row read(ResultSet row) throws SQLException {
        return new Row(
                row.getString("name"),
                row.getString("spec"),
                state(row),
                reason(row),
                row.getLong("generation"),
                row.getLong("updated_rev"),
                Instant.ofEpochMilli(row.getLong("created_at")));
    }

    private static State state(ResultSet row) throws SQLException {
        return State.valueOf(row.getString("state"));
    }

    private static Optional<String> reason(ResultSet row) throws SQLException {
        return Optional.ofNullable(row.getString("state_reason"));
    }

    private static Optional<String> clipped(Optional<String> reason) {
        return reason.map(text -> text.length() > 1000 ? text.substring(0, 1000) : text);
    }
}
