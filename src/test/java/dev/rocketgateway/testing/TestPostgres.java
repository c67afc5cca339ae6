package dev.rocketgateway.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Assumptions;

/** A real PostgreSQL as a child process, on a port that stays the same over its restarts. */
public final class TestPostgres implements AutoCloseable {

    private static final String USER = "postgres";

    private final int port;
    private final Path data;
    private EmbeddedPostgres server;

    private TestPostgres(int port, Path data) {
        this.port = port;
        this.data = data;
        this.server = server();
    }

    /** Skips the test, visibly, on a platform whose binaries the build does not have. */
    public static TestPostgres start() {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "the build has the binaries of PostgreSQL for Linux on amd64 only");
        try {
            return new TestPostgres(freePort(), Files.createTempDirectory("postgres-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private EmbeddedPostgres server() {
        try {
            return EmbeddedPostgres.builder()
                    .setPort(port)
                    .setDataDirectory(data.resolve("data"))
                    .setCleanDataDirectory(false)
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String user() {
        return USER;
    }

    /** The URL of a new, empty database. */
    public String newDatabase() {
        var name = "d" + UUID.randomUUID().toString().replace("-", "");
        try (var connection = DriverManager.getConnection(url(USER), USER, "");
                var statement = connection.createStatement()) {
            statement.execute("create database " + name);
            return url(name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    /** Stops it, and keeps its data. */
    public void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it again, with the data it had. */
    public void restart() {
        server = server();
    }

    @Override
    public void close() {
        stop();
        ScratchFiles.delete(data);
    }
}
