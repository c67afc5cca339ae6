package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.StoreUnavailableException;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ConnectionValidator;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the database of the store: an H2 file or PostgreSQL, depending on the URL. Opens the database on first use. While the
 * database is down, each use tries again. Thread-safe; every method blocks, for at most {@code gateway.store.timeout} per step.
 */
final class Database {

    /** The kind of database. */
    enum Kind {
        NONE,
        H2,
        POSTGRESQL
    }

    /** A task that uses a connection. */
    interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    private static final Logger LOG = Logger.getLogger(Database.class);

    private static final String H2_FILE = "jdbc:h2:file:";
    private static final String POSTGRESQL = "jdbc:postgresql://";

    /**
     * Settings of H2. Commits are written immediately, so that kill -9 loses nothing. The gateway closes the file, not a shutdown
     * hook of H2. There is no trace file.
     */
    private static final List<String> H2_SETTINGS =
            List.of("WRITE_DELAY=0", "DB_CLOSE_ON_EXIT=FALSE", "DB_CLOSE_DELAY=-1", "TRACE_LEVEL_FILE=0");

    private final StoreConfig config;
    private final Kind kind;
    private @Nullable AgroalDataSource pool;
    private boolean closed;

    Database(StoreConfig config) {
        this.config = config;
        this.kind = kind(config.url());
    }

    private static Kind kind(String url) {
        if (url.equals("none")) {
            return Kind.NONE;
        }
        if (url.startsWith("jdbc:h2:")) {
            return Kind.H2;
        }
        if (url.startsWith("jdbc:postgresql:")) {
            return Kind.POSTGRESQL;
        }
        throw new ConfigurationException("gateway.store.url: must be none, or begin with jdbc:h2: or jdbc:postgresql:");
    }

    Kind kind() {
        return kind;
    }

    boolean isNone() {
        return kind == Kind.NONE;
    }

    /** Path of the embedded database's file, without its extension; empty for other databases. */
    Optional<Path> file() {
        if (!config.url().startsWith(H2_FILE)) {
            return Optional.empty();
        }
        var path = config.url().substring(H2_FILE.length()).split(";", 2)[0];
        return Optional.of(Path.of(path.startsWith("~") ? System.getProperty("user.home") + path.substring(1) : path));
    }

    /**
     * Runs statements that only read.
     *
     * @throws StoreUnavailableException if the database does not answer
     */
    <T> T read(Work<T> work) {
        try (var connection = pool().getConnection()) {
            return work.with(connection);
        } catch (SQLException e) {
            throw DatabaseErrors.translate(e);
        }
    }

    /**
     * Runs statements in one transaction. After the return, the change survives the end of the process.
     *
     * @throws StoreUnavailableException if the database does not answer; whether the change was made is then unknown
     * @throws TakenException if a name or group already exists
     */
    <T> T write(Work<T> work) {
        try (var connection = pool().getConnection()) {
            connection.setAutoCommit(false);
            try {
                T result = work.with(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                rollBack(connection, e);
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw DatabaseErrors.translate(e);
        }
    }

    private static void rollBack(Connection connection, Exception failure) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    /** Opens the database and updates its tables, if that has not been done. */
    private synchronized AgroalDataSource pool() throws SQLException {
        if (closed || isNone()) {
            throw new StoreUnavailableException(closed ? "the store is closed" : "this gateway has no store");
        }
        if (pool == null) {
            var opened = open();
            try {
                Migrations.run(opened);
            } catch (SQLException | RuntimeException e) {
                opened.close();
                throw e;
            }
            pool = opened;
        }
        return pool;
    }

    private AgroalDataSource open() throws SQLException {
        var timeout = config.timeout();
        return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
                .connectionPoolConfiguration(pool -> pool.maxSize(config.maxConnections())
                        .initialSize(0)
                        .acquisitionTimeout(timeout)
                        // Connections that broke with the last restart of the database are detected before use.
                        .connectionValidator(ConnectionValidator.defaultValidatorWithTimeout(seconds(timeout)))
                        .validateOnBorrow(true)
                        .connectionFactoryConfiguration(factory -> {
                            factory.connectionProviderClass(driver())
                                    .jdbcUrl(url())
                                    .loginTimeout(timeout);
                            config.username().ifPresent(name -> factory.principal(new NamePrincipal(name)));
                            config.password()
                                    .ifPresent(password -> factory.credential(new SimplePassword(password.value())));
                            if (kind == Kind.POSTGRESQL) {
                                factory.jdbcProperty("socketTimeout", String.valueOf(seconds(timeout)))
                                        .jdbcProperty("connectTimeout", String.valueOf(seconds(timeout)))
                                        .jdbcProperty("tcpKeepAlive", "true")
                                        .jdbcProperty("ApplicationName", "rocketmq-http-gateway");
                            }
                            return factory;
                        })));
    }

    /** Selects the driver by class, because the registered drivers depend on the class loader of the first caller. */
    private Class<? extends Driver> driver() {
        return kind == Kind.H2 ? org.h2.Driver.class : org.postgresql.Driver.class;
    }

    /** The host in the URL of a PostgreSQL database, the first if there are several; empty for other databases. */
    Optional<String> host() {
        if (!config.url().startsWith(POSTGRESQL)) {
            return Optional.empty();
        }
        // jdbc:postgresql://host:port/database; the driver accepts several hosts, separated by commas.
        var first = config.url().substring(POSTGRESQL.length()).split("[/?,]", 2)[0];
        int colon = first.lastIndexOf(':');
        var host = colon > first.lastIndexOf(']') ? first.substring(0, colon) : first;
        return host.isEmpty() ? Optional.empty() : Optional.of(host);
    }

    private String url() {
        if (kind != Kind.H2) {
            return config.url();
        }
        var url = new StringBuilder(config.url());
        var given = config.url().toUpperCase(Locale.ROOT);
        for (var setting : H2_SETTINGS) {
            if (!given.contains(";" + setting.substring(0, setting.indexOf('=') + 1))) {
                url.append(';').append(setting);
            }
        }
        return url.toString();
    }

    private static int seconds(Duration duration) {
        return (int) Math.max(1, duration.toSeconds());
    }

    /** Closes the database; it cannot be used afterwards. */
    synchronized void close() {
        closed = true;
        if (pool != null) {
            if (kind == Kind.H2) {
                endWithItsConnections(pool);
            }
            pool.close();
            pool = null;
        }
    }

    /** Makes H2 close the database with the last connection; otherwise H2 keeps the database open for later connections. */
    private static void endWithItsConnections(AgroalDataSource pool) {
        try (var connection = pool.getConnection();
                var statement = connection.createStatement()) {
            statement.execute("set db_close_delay 0");
        } catch (SQLException e) {
            LOG.debug("the embedded database could not be closed", e);
        }
    }
}
