package dev.rocketgateway.subscription.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Executes SQL statements. The values replace the question marks in their order; null and an empty optional become SQL null. */
final class Sql {

    /** Reads the current row of a result. */
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private Sql() {}

    static <T> List<T> query(Connection connection, String sql, RowReader<T> reader, @Nullable Object... values)
            throws SQLException {
        try (var query = connection.prepareStatement(sql)) {
            set(query, values);
            try (var result = query.executeQuery()) {
                var rows = new ArrayList<T>();
                while (result.next()) {
                    rows.add(reader.read(result));
                }
                return rows;
            }
        }
    }

    /** Returns the number of affected rows. */
    static int update(Connection connection, String sql, @Nullable Object... values) throws SQLException {
        try (var update = connection.prepareStatement(sql)) {
            set(update, values);
            return update.executeUpdate();
        }
    }

    /** Executes the statement once for each row of values, in one batch. */
    static void batch(Connection connection, String sql, List<@Nullable Object[]> rows) throws SQLException {
        try (var batch = connection.prepareStatement(sql)) {
            for (var values : rows) {
                set(batch, values);
                batch.addBatch();
            }
            batch.executeBatch();
        }
    }

    private static void set(PreparedStatement statement, @Nullable Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i] instanceof Optional<?> value ? value.orElse(null) : values[i]);
        }
    }
}
