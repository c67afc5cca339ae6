package dev.rocketgateway.tracing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TracingTest {

    @ParameterizedTest
    @CsvSource({
        "collector:4318, 1, gateway.tracing.otlp-endpoint` cannot be `collector:4318`: write a URL",
        "http://, 1, gateway.tracing.otlp-endpoint` cannot be `http://`: write a URL",
        "http://collector:4318, 1.5, gateway.tracing.sampling` cannot be `1.5`: write a number from 0 to 1",
        "http://collector:4318, -1, gateway.tracing.sampling` cannot be `-1.0`: write a number from 0 to 1",
        "http://collector:4318, NaN, gateway.tracing.sampling` cannot be `NaN`: write a number from 0 to 1"
    })
    void namesTheSettingThatIsWrong(String endpoint, String sampling, String fault) {
        var config = new SmallRyeConfigBuilder()
                .withMapping(TracingConfig.class)
                .withSources(new PropertiesConfigSource(
                        Map.of("gateway.tracing.otlp-endpoint", endpoint, "gateway.tracing.sampling", sampling),
                        "test",
                        1000))
                .build();

        assertThatThrownBy(() -> new Tracing(config.getConfigMapping(TracingConfig.class), config))
                .hasMessageContaining(fault);
    }
}
