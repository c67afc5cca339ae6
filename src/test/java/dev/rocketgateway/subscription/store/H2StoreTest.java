package dev.rocketgateway.subscription.store;

import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.io.TempDir;

class H2StoreTest extends StoreContract {

    @TempDir
    Path directory;

    @Override
    Map<String, String> newDatabase() {
        return Map.of(
                "url", "jdbc:h2:file:" + directory.resolve(UUID.randomUUID().toString()));
    }
}
