package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.history.Attempt;
import dev.rocketgateway.subscription.history.AttemptOutcome;
import dev.rocketgateway.subscription.store.AttemptHistory.Kept;
import dev.rocketgateway.subscription.store.AttemptHistory.Query;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
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

/** Reads and writes attempts as rows of the database. */
final class AttemptTable {

    private static final String COLUMNS =
            "id, subscription, message_id, topic, attempt, made_at, took, outcome, status,"
                    + " decision, retry_in, detail, response";

    private AttemptTable() {}

    static void insert(Connection connection, List<Attempt> attempts) throws SQLException {
        try (var insert = connection.prepareStatement(
                "insert into attempt (subscription, message_id, topic, attempt, made_at, took, outcome, status, decision,"
                        + " retry_in, detail, response, succeeded) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
            for (var attempt : attempts) {
                insert.setString(1, attempt.subscription());
                insert.setString(2, attempt.messageId());
                insert.setString(3, clipped(attempt.topic(), 255));
                insert.setInt(4, attempt.attempt());
                insert.setLong(5, attempt.at().toEpochMilli());
                insert.setLong(6, attempt.took().toMillis());
                insert.setString(7, clipped(attempt.outcome(), 100));
                if (attempt.status().isPresent()) {
                    insert.setInt(8, attempt.status().getAsInt());
                } else {
                    insert.setNull(8, Types.INTEGER);
                }
                insert.setString(9, attempt.verdict());
                if (attempt.retryIn().isPresent()) {
                    insert.setLong(10, attempt.retryIn().get().toMillis());
                } else {
                    insert.setNull(10, Types.BIGINT);
                }
                insert.setString(11, attempt.detail());
                insert.setString(12, attempt.response());
                insert.setBoolean(13, attempt.succeeded());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Removes NUL, which PostgreSQL cannot store. */
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
        try (var select = connection.prepareStatement(sql.toString())) {
            for (int i = 0; i < values.size(); i++) {
                select.setObject(i + 1, values.get(i));
            }
            return attempts(select);
        }
    }

    static Map<String, Attempt> lastFailures(Connection connection, String subscription, Collection<String> messageIds)
            throws SQLException {
        var last = new HashMap<String, Attempt>();
        if (messageIds.isEmpty()) {
            return last;
        }
        var marks = String.join(", ", Collections.nCopies(messageIds.size(), "?"));
        try (var select = connection.prepareStatement("select " + COLUMNS + " from attempt where id in (select max(id)"
                + " from attempt where subscription = ? and succeeded = ? and message_id in (" + marks
                + ") group by message_id)")) {
            select.setString(1, subscription);
            select.setBoolean(2, false);
            int index = 3;
            for (var id : messageIds) {
                select.setString(index++, id);
            }
            attempts(select).forEach(kept -> last.put(kept.attempt().messageId(), kept.attempt()));
            return last;
        }
    }

    static void deleteOf(Connection connection, String subscription) throws SQLException {
        try (var delete = connection.prepareStatement("delete from attempt where subscription = ?")) {
            delete.setString(1, subscription);
            delete.executeUpdate();
        }
    }

    static void deleteOlderThan(Connection connection, long millis) throws SQLException {
        try (var delete = connection.prepareStatement("delete from attempt where made_at < ?")) {
            delete.setLong(1, millis);
            delete.executeUpdate();
        }
    }

    static List<String> subscriptions(Connection connection) throws SQLException {
        try (var select = connection.prepareStatement("select distinct subscription from attempt");
                var result = select.executeQuery()) {
            var names = new ArrayList<String>();
            while (result.next()) {
                names.add(result.getString(1));
            }
            return names;
        }
    }

    /** Deletes all but the last attempts of one subscription and one kind. */
    static void keepLast(Connection connection, String subscription, boolean succeeded, int count) throws SQLException {
        // In one statement, H2 would search the newest attempt to delete again for each row.
        try (var select = connection.prepareStatement("select id from attempt where subscription = ? and succeeded = ?"
                + " order by id desc limit 1 offset ?")) {
            select.setString(1, subscription);
            select.setBoolean(2, succeeded);
            select.setInt(3, count);
            try (var newest = select.executeQuery()) {
                if (newest.next()) {
                    deleteUpTo(connection, subscription, succeeded, newest.getLong(1));
                }
            }
        }
    }

    private static void deleteUpTo(Connection connection, String subscription, boolean succeeded, long id)
            throws SQLException {
        try (var delete = connection.prepareStatement(
                "delete from attempt where subscription = ? and succeeded = ? and id <= ?")) {
            delete.setString(1, subscription);
            delete.setBoolean(2, succeeded);
            delete.setLong(3, id);
            delete.executeUpdate();
        }
    }

    private static List<Kept> attempts(PreparedStatement select) throws SQLException {
        try (ResultSet result = select.executeQuery()) {
            var attempts = new ArrayList<Kept>();
            while (result.next()) {
                int status = result.getInt(9);
                var statusIfAny = result.wasNull() ? OptionalInt.empty() : OptionalInt.of(status);
                long retryIn = result.getLong(11);
                Optional<Duration> retryIfAny =
                        result.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(retryIn));
                attempts.add(new Kept(
                        result.getLong(1),
                        new Attempt(
                                result.getString(2),
                                result.getString(3),
                                result.getString(4),
                                result.getInt(5),
                                Instant.ofEpochMilli(result.getLong(6)),
                                Duration.ofMillis(result.getLong(7)),
                                result.getString(8),
                                statusIfAny,
                                result.getString(10),
                                retryIfAny,
                                result.getString(12),
                                result.getString(13))));
            }
            return attempts;
        }
    }
}
