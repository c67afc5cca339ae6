package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.StoreUnavailableException;
import java.sql.SQLException;

/**
 * Translates failures of the database.
 *
 * <pre>
 * SQLState      | means
 * --------------|-------------------------------------
 * 23…           | a name or group is taken
 * 07… 22… 42…   | a bug: the statement itself is wrong
 * anything else | not available now
 * </pre>
 */
final class DatabaseErrors {

    private static final int H2_IN_USE = 90020;

    private DatabaseErrors() {}

    static RuntimeException translate(SQLException e) {
        var state = e.getSQLState() == null ? "" : e.getSQLState();
        var type = state.length() < 2 ? "" : state.substring(0, 2);
        return switch (type) {
            case "23" -> new TakenException(e);
            case "07", "22", "42" -> new IllegalStateException("an SQL statement of the gateway is wrong", e);
            default -> new StoreUnavailableException(reason(e, type), e);
        };
    }

    /** The reason in words, without addresses. */
    private static String reason(SQLException e, String type) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getErrorCode() == H2_IN_USE) {
                return "the database file is in use by another process; use PostgreSQL to run more than one replica";
            }
        }
        return type.equals("28") ? "the database rejects the user or the password" : "the database does not answer";
    }
}
