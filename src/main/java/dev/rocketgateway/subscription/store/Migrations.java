package dev.rocketgateway.subscription.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.internal.resource.StringResource;
import org.jspecify.annotations.Nullable;

/** Updates the tables of a database to this version. Replicas that start at the same time wait for each other. */
final class Migrations {

    /**
     * The names of the scripts. They are listed here, because the class path of a packaged service cannot be searched like a
     * directory.
     */
    private static final List<String> SCRIPTS =
            List.of("V1__store.sql", "V2__redriven_by_group.sql", "V3__first_start.sql", "V4__shared_key.sql");

    private Migrations() {}

    static void run(DataSource database) throws SQLException {
        try {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(database)
                    .resourceProvider(new Scripts())
                    .javaMigrationClassProvider(List::of)
                    .placeholderReplacement(false)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw cause(e).orElseThrow(() -> new IllegalStateException(
                    "the tables of the database do not match this version of the gateway", e));
        }
    }

    private static Optional<SQLException> cause(FlywayException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return Optional.of(sql);
            }
        }
        return Optional.empty();
    }

    private static final class Scripts implements ResourceProvider {

        @Override
        public @Nullable LoadableResource getResource(String name) {
            return SCRIPTS.contains(name) ? new Script(name) : null;
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return SCRIPTS.stream()
                    .filter(name ->
                            name.startsWith(prefix) && Arrays.stream(suffixes).anyMatch(name::endsWith))
                    .<LoadableResource>map(Script::new)
                    .toList();
        }
    }

    private static final class Script extends StringResource {

        private final String name;

        Script(String name) {
            super(text(name));
            this.name = name;
        }

        private static String text(String name) {
            try (InputStream script = Migrations.class.getResourceAsStream("/db/migration/" + name)) {
                return new String(Objects.requireNonNull(script, name).readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }

        @Override
        public String getAbsolutePath() {
            return name;
        }
    }
}
