package dev.rocketgateway.publish.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.publish.PublishConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.SmallRyeConfigBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InFlightLimitTest {

    private final InFlightLimit limit = new InFlightLimit(2, 100);

    @Test
    void refusesTheMessageThatIsOneTooMany() {
        var first = limit.acquire();
        limit.acquire();

        assertThatThrownBy(limit::acquire).hasMessageContaining("in flight");

        first.release();
        limit.acquire();
        assertThat(limit.messages()).isEqualTo(2);
    }

    @Test
    void refusesTheByteThatIsOneTooManyAndKeepsWhatFits() {
        var permit = limit.acquire();
        permit.reserve(100);

        assertThatThrownBy(() -> permit.reserve(1)).hasMessageContaining("in flight");
        assertThat(limit.bytes()).isEqualTo(100);
    }

    @Test
    void givesEverythingBackOnce() {
        var permit = limit.acquire();
        permit.reserve(60);

        permit.release();
        permit.release();

        assertThat(limit.bytes()).isZero();
        assertThat(limit.messages()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "max-in-flight, 999, max-batch-messages",
        "max-in-flight-size, 1M, max-message-size",
        "max-in-flight-size, 8M, max-batch-size",
    })
    void refusesToStartWithLimitsThatContradictEachOther(String key, String value, String other) {
        var config = config("gateway.publish." + key, value);

        assertThatThrownBy(() -> new InFlightLimit(config))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("gateway.publish." + key, "gateway.publish." + other);
    }

    @ParameterizedTest
    @CsvSource({"1024, 64", "512, 64", "256, 32", "128, 16", "32, 16"})
    void isByDefaultAnEighthOfASmallHeapAndNeverLessThanABatch(long heapMebibytes, long mebibytes) {
        var config = config("gateway.publish.max-batch-size", "16M");

        assertThat(InFlightLimit.maxBytes(config, heapMebibytes << 20)).isEqualTo(mebibytes << 20);
    }

    private static PublishConfig config(String key, String value) {
        return new SmallRyeConfigBuilder()
                .withMapping(PublishConfig.class)
                .addDiscoveredConverters()
                .withDefaultValue(key, value)
                .build()
                .getConfigMapping(PublishConfig.class);
    }
}
