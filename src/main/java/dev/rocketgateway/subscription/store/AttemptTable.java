package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.history.Attempt;
import dev.rocketgateway.subscription.history.AttemptOutcome;
import dev.rocketgateway.subscription.store.AttemptHistory.Kept;
import dev.rocketgateway.subscription.store.AttemptHistory.Query;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Reads and writes attempts as rows of the database. */
final class AttemptTable {

    private static final String COLUMNS =
            "id, subscription, message_id, topic, attempt, made_at, took, outcome, status,"
                    + " decision, retry_in, detail, response";

    private AttemptTable() {}

    static void insert(Connection connection, List<Attempt> attempts) throws SQLException {
        Sql.batch(
                connection,
                "insert into attempt (subscription, message_id, topic, attempt, made_at, took, outcome, status, decision,"
                        + " retry_in, detail, response, succeeded) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                attempts.stream().map(AttemptTable::values).toList());
    }

    private static @Nullable Object[] values(Attempt attempt) {
        return new @Nullable Object[] {
            attempt.subscription(),
            attempt.messageId(),
            clipped(attempt.topic(), 255),
            attempt.attempt(),
            attempt.at().toEpochMilli(),
            attempt.took().toMillis(),
            clipped(attempt.outcome(), 100),
            attempt.status().isPresent() ? attempt.status().getAsInt() : null,
            attempt.verdict(),
            attempt.retryIn().map(Duration::toMillis),
            attempt.detail(),
            attempt.response(),
            attempt.succeeded()
        };
    }

    /** Cuts the string to the length, and replaces NUL, which PostgreSQL cannot store. */
    private static String clipped(String text, int length) {
        var storable = text.replace('\0', '\uFFFD');
        return storable.length() <= length ? storable : storable.substring(0, length);
    }

    static List<Kept> find(Connection connection, Query query) throws SQLException {
        var sql = new StringBuilder("select " + COLUMNS + " from attempt where subscription = ?");
        var values = new ArrayList<Object>();
        values.add(query.subscription());
        query.outcome().ifPresent(outcome -> {
            if (outcome.equals(AttemptOutcome.SUCCESS) || outcome.equals(AttemptOutcome.FAILURE)) {
                sql.append(" and succeeded = ?");
                values.add(outcome.equals(AttemptOutcome.SUCCESS));
            } else if (AttemptOutcome.isStatus(outcome)) {
                sql.append(" and status = ?");
                values.add(Integer.valueOf(outcome));
            } else {
                sql.append(" and outcome = ?");
                values.add(outcome);
            }
        });
        query.messageId().ifPresent(id -> {
            sql.append(" and message_id = ?");
            values.add(id);
        });
        query.before().ifPresent(before -> {
            sql.append(" and id < ?");
            values.add(before);
        });
        sql.append(" order by id desc limit ?");
        values.add(query.limit());
        return Sql.query(connection, sql.toString(), AttemptTable::read, values.toArray());
    }

    static Map<String, Attempt> lastFailures(Connection connection, String subscription, Collection<String> messageIds)
            throws SQLException {
        var last = new HashMap<String, Attempt>();
        if (messageIds.isEmpty()) {
            return last;
        }
        var marks = String.join(", ", Collections.nCopies(messageIds.size(), "?"));
        var values = new ArrayList<Object>(List.of(subscription, false));
        values.addAll(messageIds);
        Sql.query(
                        connection,
                        "select " + COLUMNS
                                + " from attempt where id in (select max(id) from attempt where subscription = ?"
                                + " and succeeded = ? and message_id in (" + marks + ") group by message_id)",
                        AttemptTable::read,
                        values.toArray())
                .forEach(kept -> last.put(kept.attempt().messageId(), kept.attempt()));
        return last;
    }

    static void deleteOf(Connection connection, String subscription) throws SQLException {
        Sql.update(connection, "delete from attempt where subscription = ?", subscription);
    }

    static void deleteOlderThan(Connection connection, long millis) throws SQLException {
        Sql.update(connection, "delete from attempt where made_at < ?", millis);
    }

    static List<String> subscriptions(Connection connection) throws SQLException {
        return Sql.query(connection, "select distinct subscription from attempt", row -> row.getString("subscription"));
    }

    /** Deletes all successful or all failed attempts of one subscription, except the last {@code count}. */
    static void keepLast(Connection connection, String subscription, boolean succeeded, int count) throws SQLException {
        // In one statement, H2 would search the newest attempt to delete again for each row.
        var newest = Sql.query(
                connection,
                "select id from attempt where subscription = ? and succeeded = ? order by id desc limit 1 offset ?",
                row -> row.getLong("id"),
                subscription,
                succeeded,
                count);
        if (!newest.isEmpty()) {
            Sql.update(
                    connection,
                    "delete from attempt where subscription = ? and succeeded = ? and id <= ?",
                    subscription,
                    succeeded,
                    newest.get(0));
        }
    }

    private static Kept read(ResultSet row) throws SQLException {
        var status = row.getObject("status", Integer.class);
        return new Kept(
                row.getLong("id"),
                new Attempt(
                        row.getString("subscription"),
                        row.getString("message_id"),
                        row.getString("topic"),
                        row.getInt("attempt"),
                        Instant.ofEpochMilli(row.getLong("made_at")),
                        Duration.ofMillis(row.getLong("took")),
                        row.getString("outcome"),
                        status == null ? OptionalInt.empty() : OptionalInt.of(status),
                        row.getString("decision"),
                        Optional.ofNullable(row.getObject("retry_in", Long.class))
                                .map(Duration::ofMillis),
                        row.getString("detail"),
                        row.getString("response")));
    }
}
