package dev.rocketgateway.subscription;

import dev.rocketgateway.testing.TestPostgres;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PostgresStoreTest extends StoreContract {

    private static TestPostgres postgres;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
    }

    @AfterAll
    static void stop() {
        if (postgres != null) {
            postgres.close();
        }
    }

    @Override
    Map<String, String> newDatabase() {
        return Map.of("url", postgres.newDatabase(), "username", postgres.user());
    }
}
