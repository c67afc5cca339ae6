package dev.rocketgateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartFailureTest {

    /** The exception of reading the settings, as at the start of the gateway. */
    private static Throwable failure(Map<String, String> properties) {
        var builder = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(properties, "file", 250));
        KnownSettings.MAPPINGS.forEach(builder::withMapping);
        return catchThrowable(builder::build);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            gateway.publish.max-message-size      | abc  | `gateway.publish.max-message-size` cannot be `abc`: write a size such as 65536, 512K or 4M.
            gateway.publish.max-message-size      | -1   | `gateway.publish.max-message-size` cannot be `-1`: write a size such as 65536, 512K or 4M.
            gateway.publish.max-message-size      | ""   | `gateway.publish.max-message-size` is empty. Give it a value, or do not set it.
            gateway.deliver.action-wait           | soon | `gateway.deliver.action-wait` cannot be `soon`: write a duration such as 500ms, 10s, 5m or 1d.
            gateway.publish.max-in-flight         | many | `gateway.publish.max-in-flight` cannot be `many`: write an integer.
            gateway.rocketmq.retries.sync         | 1.5  | `gateway.rocketmq.retries.sync` cannot be `1.5`: write an integer.
            gateway.webhook.denied-ports          | 22,abc | `gateway.webhook.denied-ports` cannot be `22,abc`: 'abc' is not a port, nor a range such as 2379-2380.
            gateway.webhook.allowed-targets       | 127.0.0.1/33 | `gateway.webhook.allowed-targets` cannot be `127.0.0.1/33`: /33 is not a valid prefix length for a 32-bit address.
            gateway.rocketmq.access-channel       | MOON | `gateway.rocketmq.access-channel` cannot be `MOON`: write one of cloud,local.
            """)
    void namesTheSettingItsValueAndHowToWriteIt(String name, String value, String line) {
        assertThat(StartFailure.lines(new RuntimeException("Failed to start", failure(Map.of(name, value)))))
                .containsExactly(line);
    }

    @Test
    void hasALineForEachFault() {
        var failure =
                failure(Map.of("gateway.publish.max-in-flight", "many", "gateway.publish.max-message-size", "abc"));

        assertThat(StartFailure.lines(failure)).hasSize(2).allMatch(line -> line.startsWith("`gateway.publish.max-"));
    }

    @Test
    void saysWhatTheGatewayItselfFound() {
        assertThat(StartFailure.lines(new RuntimeException(new ConfigurationException("gateway.x: is wrong"))))
                .containsExactly("gateway.x: is wrong");
    }

    @Test
    void saysWhichPortIsInUse() {
        assertThat(StartFailure.lines(new RuntimeException(
                        new QuarkusBindException("0.0.0.0", 8080, new BindException("Address already in use")))))
                .containsExactly("Port 8080 is in use by another process. Set `quarkus.http.port` to a free port.");
    }

    @Test
    void saysWhichPortOfTheManagementInterfaceIsInUse() {
        assertThat(StartFailure.lines(new RuntimeException(managementFailure("0.0.0.0:9000"))))
                .containsExactly(
                        "Port 9000 is in use by another process. Set `quarkus.management.port` to a free port.");
    }

    @Test
    void saysWhichAddressOfTheManagementInterfaceIsNotThere() {
        assertThat(StartFailure.lines(managementFailure("192.0.2.1:9000")))
                .singleElement()
                .asString()
                .contains("192.0.2.1", "9000", "quarkus.management.host", "quarkus.management.port");
    }

    private static Throwable managementFailure(String address) {
        return new IllegalStateException(
                "Unable to start the management interface on " + address, new BindException("Address already in use"));
    }

    @Test
    void saysWhichAddressIsNotThere() {
        assertThat(StartFailure.lines(new QuarkusBindException("192.0.2.1", 8080, new BindException("x"))))
                .singleElement()
                .asString()
                .contains("192.0.2.1", "8080", "quarkus.http.host");
    }

    @Test
    void leavesAnythingElseToTheLog() {
        var printed = new ByteArrayOutputStream();

        StartFailure.report(new IllegalStateException("bug"), new PrintStream(printed, true, StandardCharsets.UTF_8));

        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }
}
