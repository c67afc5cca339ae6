package dev.rocketgateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingValuesTest {

    private static List<String> faults(String name, String value) {
        var builder = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withSources(new PropertiesConfigSource(Map.of(name, value), "file", 250));
        KnownSettings.MAPPINGS.forEach(builder::withMapping);
        return SettingValues.faultsIn(builder.build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gateway.publish.coalescing.enabled | perhaps | write true or false",
                "gateway.publish.coalescing.enabled | ture    | write true or false",
                "gateway.deliver.clock-tolerance    | -5s     | it must be zero or more",
                "gateway.deliver.clock-tolerance    | PT-5S   | it must be zero or more",
                "gateway.rocketmq.retries.sync      | -1      | it must be zero or more",
                "gateway.rocketmq.send-timeout      | 0s      | it must be greater than zero",
                "gateway.rocketmq.probe-interval    | 0       | it must be greater than zero",
                "gateway.publish.max-message-size   | 0       | it must be greater than zero",
                "gateway.publish.max-in-flight      | 0       | it must be greater than zero",
                "gateway.webhook.dns-threads        | 0       | it must be greater than zero",
                "quarkus.http.port                  | 99999   | write a port from 0 to 65535",
                "quarkus.management.port            | 99999   | write a port from 0 to 65535",
            })
    void refusesInvalidValues(String name, String value, String fault) {
        assertThat(faults(name, value)).containsExactly("`%s` cannot be `%s`: %s.".formatted(name, value, fault));
    }

    /** Fails if a setting in the list of those that may be zero was renamed. */
    @Test
    void theSettingsThatMayBeZeroAreSettings() {
        assertThat(SettingValues.MAY_BE_ZERO).allMatch(KnownSettings.read()::has);
    }

    @Test
    void theDefaultsAreMeant() {
        assertThat(faults("gateway.rocketmq.namesrv-addr", "127.0.0.1:9876")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "gateway.publish.coalescing.enabled, true",
        "gateway.publish.coalescing.enabled, Off",
        "gateway.publish.coalescing.enabled, 1",
        "gateway.deliver.clock-tolerance, 0s",
        "gateway.deliver.clock-tolerance, 90",
        "gateway.publish.max-message-size, 1M",
        "gateway.rocketmq.retries.sync, 0",
        "gateway.webhook.allow-plain-http, no",
        "quarkus.http.port, 0",
        "quarkus.management.port, 0",
    })
    void acceptsValidValues(String name, String value) {
        assertThat(faults(name, value)).isEmpty();
    }
}
