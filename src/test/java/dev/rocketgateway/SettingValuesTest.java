package dev.rocketgateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import java.util.Map;
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
                "gateway.deliver.clock-tolerance    | -5s     | a duration is not below zero",
                "gateway.deliver.clock-tolerance    | PT-5S   | a duration is not below zero",
                "gateway.deliver.clock-tolerance    | -5      | a duration is not below zero",
            })
    void aValueNobodyMeansIsAFault(String name, String value, String fault) {
        assertThat(faults(name, value)).containsExactly("`%s` cannot be `%s`: %s.".formatted(name, value, fault));
    }

    @ParameterizedTest
    @CsvSource({
        "gateway.publish.coalescing.enabled, true",
        "gateway.publish.coalescing.enabled, Off",
        "gateway.publish.coalescing.enabled, 1",
        "gateway.deliver.clock-tolerance, 0s",
        "gateway.deliver.clock-tolerance, 90",
        "gateway.publish.max-message-size, 1M",
    })
    void whatIsMeantIsNone(String name, String value) {
        assertThat(faults(name, value)).isEmpty();
    }
}
