package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A name that is no setting, and a value it cannot have, stop the start with a line that says so. */
class SettingsIT {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final String NEAREST =
            "Unknown setting `gateway.publish.max-message-siz`." + " Did you mean `gateway.publish.max-message-size`?";

    @TempDir
    private static Path directory;

    private static GatewayProcess.Builder gateway() {
        return GatewayProcess.builder().with("gateway.rocketmq.namesrv-addr", "127.0.0.1:1");
    }

    /** What it prints until it ends. */
    private static List<String> failure(GatewayProcess.Builder gateway) {
        var process = gateway.launch();
        try {
            await().atMost(START_LIMIT).until(() -> !process.isAlive());
            return process.output().lines().toList();
        } finally {
            process.kill();
        }
    }

    @Test
    void aSystemPropertyThatIsNoSettingStopsTheStartWithOneLine() {
        assertThat(failure(gateway().with("gateway.publish.max-message-siz", "1M")))
                .containsExactly(NEAREST);
    }

    @Test
    void aLineOfAFileThatIsNoSettingStopsTheStartWithOneLine() throws IOException {
        var file = directory.resolve("typo.properties");
        Files.writeString(file, "gateway.publish.max-message-siz=1M\n");

        assertThat(failure(gateway().withEnvironment("QUARKUS_CONFIG_LOCATIONS", file.toString())))
                .containsExactly(NEAREST);
    }

    @Test
    void environmentVariablesThatAreNoSettingStopTheStartWithOneLineEach() {
        assertThat(failure(gateway()
                        .withEnvironment("GATEWAY_PUBLISH_MAX_MESSAGE_SIZ", "1M")
                        .withEnvironment("_PROD_GATEWAY_STORE_ULR", "none")
                        .withEnvironment("GATEWAY_SUBSCRIPTIONS_BILLING_SOURCE_TOPCI", "orders")))
                .containsExactlyInAnyOrder(
                        "Unknown setting in environment variable `GATEWAY_PUBLISH_MAX_MESSAGE_SIZ`."
                                + " Did you mean `GATEWAY_PUBLISH_MAX_MESSAGE_SIZE`?",
                        "Unknown setting in environment variable `_PROD_GATEWAY_STORE_ULR`."
                                + " Did you mean `_PROD_GATEWAY_STORE_URL`?",
                        "Unknown setting in environment variable `GATEWAY_SUBSCRIPTIONS_BILLING_SOURCE_TOPCI`."
                                + " Did you mean `GATEWAY_SUBSCRIPTIONS_BILLING_SOURCE_TOPIC`?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gateway.publish.max-message-size   | abc     | write a size such as 65536, 512K or 4M",
                "gateway.publish.coalescing.enabled | perhaps | write true or false"
            })
    void aValueThatASettingCannotHaveStopsTheStartWithOneLine(String name, String value, String fix) {
        assertThat(failure(gateway().with(name, value)))
                .filteredOn(line -> !line.contains("SRCFG01008"))
                .containsExactly("`%s` cannot be `%s`: %s.".formatted(name, value, fix));
    }

    @Test
    void aCertificateThatIsNotThereStopsTheStartWithOneLine() {
        assertThat(failure(gateway()
                        .with("gateway.rocketmq.tls.enabled", "true")
                        .with("gateway.rocketmq.tls.ca-file", "/nope")))
                .filteredOn(line -> !line.matches("20\\S+ (INFO|WARN) .*"))
                .containsExactly("gateway.rocketmq.tls.ca-file: the file /nope does not exist or cannot be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quarkus.http.port", "quarkus.management.port"})
    void aPortThatIsInUseStopsTheStartWithOneLine(String setting) throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(failure(gateway().with(setting, String.valueOf(taken.getLocalPort()))))
                    .filteredOn(line -> !line.matches("20\\S+ (INFO|WARN) .*"))
                    .singleElement()
                    .asString()
                    .contains(String.valueOf(taken.getLocalPort()), setting);
        }
    }

    @Test
    void startsWithVariablesThatAreSettingsAndThoseOfKubernetes() {
        var builder = gateway()
                .withEnvironment("GATEWAY_PUBLISH_MAX_MESSAGE_SIZE", "1M")
                .withEnvironment("_PROD_GATEWAY_PUBLISH_MAX_DELAY", "1d")
                .withEnvironment("GATEWAY_SUBSCRIPTIONS_BILLING_SOURCE_TOPIC", "orders")
                .withEnvironment("GATEWAY_SUBSCRIPTIONS_BILLING_ENDPOINT_URL", "http://127.0.0.1:1/")
                .withEnvironment("GATEWAY_STORE_USERNAME", "${GATEWAY_DB_USER}")
                .withEnvironment("GATEWAY_DB_USER", "sa")
                .withEnvironment("GATEWAY_SERVICE_HOST", "10.0.0.1")
                .withEnvironment("GATEWAY_SERVICE_PORT_HTTP", "8080")
                .withEnvironment("GATEWAY_PORT", "tcp://10.0.0.1:8080")
                .withEnvironment("GATEWAY_PORT_8080_TCP_ADDR", "10.0.0.1");
        try (var gateway = builder.start()) {
            await().atMost(START_LIMIT)
                    .until(() -> gateway.get("/subscriptions/billing").statusCode() == 200);
        }
    }
}
