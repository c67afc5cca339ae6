package dev.rocketgateway.publish.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.publish.PublishConfig;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rates with a clock that moves only when the test moves it. */
class RateLimitsTest {

    private final Map<String, String> fields = new HashMap<>();
    private long nanos = 1;

    @Test
    void givesAWindowAtOnceAndThenEvenly() {
        var rates = rates("per-caller", "10", "window", "20s");
        for (int i = 0; i < 10; i++) {
            share(rates, "a").takeFirst();
        }

        var refused = refused(() -> share(rates, "a").takeFirst());
        assertThat(refused.type()).isEqualTo(ProblemType.RATE_LIMITED);
        assertThat(refused.retryAfter()).hasValue(2);

        pass(Duration.ofSeconds(2));
        share(rates, "a").takeFirst();
        refused(() -> share(rates, "a").takeFirst());
        share(rates, "b").takeFirst();
    }

    @Test
    void takesNothingForABatchItRefusesAndTakesItAfterTheTimeItAskedFor() {
        var rates = rates("per-caller", "10", "window", "20s");
        batch(rates, "a", 6);

        var refused = refused(() -> batch(rates, "a", 6));

        assertThat(fields.get("RateLimit")).isEqualTo("\"caller\";r=4;t=12");
        pass(Duration.ofSeconds(refused.retryAfter().orElseThrow()));
        assertThatCode(() -> batch(rates, "a", 6)).doesNotThrowAnyException();
    }

    @Test
    void givesTheCallerBackWhatTheTopicDoesNotHave() {
        var rates = rates("per-caller", "10", "per-topic", "2");
        share(rates, "a").takeFirst();
        share(rates, "b").takeFirst();

        refused(() -> share(rates, "c").takeFirst());

        assertThat(fields.get("RateLimit")).isEqualTo("\"caller\";r=10;t=0, \"topic\";r=0;t=1");
        assertThat(fields.get("RateLimit-Policy")).isEqualTo("\"caller\";q=10;w=1, \"topic\";q=2;w=1");
    }

    @Test
    void givesStreamsATenthOfASecondAtATimeAndLeavesRoomForOthers() {
        var rates = rates("per-caller", "100");
        var stream = share(rates, "a");
        assertThat(stream.turn()).isEqualTo(10);
        for (int i = 0; i < 10; i++) {
            assertThat(stream.tryTurn(10, false)).isEmpty();
        }

        assertThat(stream.tryTurn(10, false))
                .hasValueSatisfying(refusal -> assertThat(refusal.delay()).isEqualTo(Duration.ofMillis(100)));
        pass(Duration.ofMillis(50));
        share(rates, "a").takeFirst();
        pass(Duration.ofMillis(59));
        assertThat(stream.tryTurn(10, true)).isPresent();
        pass(Duration.ofMillis(1));
        assertThat(stream.tryTurn(10, true)).isEmpty();
    }

    /** A stream lives longer than a window in which nobody else comes. */
    @Test
    void countsStreamsOfOneCallerTogetherHoweverLongTheyLast() {
        var rates = rates("per-caller", "100");
        int taken = 0;
        var streams = new ArrayList<RateLimits.Share>();
        for (int second = 0; second < 5; second++) {
            streams.add(share(rates, "a"));
            pass(Duration.ofMillis(1600));
        }

        for (var stream : streams) {
            for (int turn = 0; turn < 20; turn++) {
                taken += stream.tryTurn(10, false).isEmpty() ? 10 : 0;
            }
        }

        assertThat(taken).isEqualTo(100);
    }

    @Test
    void tellsHowLongToWaitForTheRateThatTakesLongest() {
        var rates = rates("per-caller", "10", "per-topic", "2", "window", "20s");
        batch(rates, "a", 2);

        assertThat(refused(() -> batch(rates, "a", 2)).retryAfter()).hasValue(10);
        pass(Duration.ofSeconds(10));
        assertThat(refused(() -> batch(rates, "a", 2)).retryAfter()).hasValue(10);
        pass(Duration.ofSeconds(10));
        assertThatCode(() -> batch(rates, "a", 2)).doesNotThrowAnyException();
    }

    @Test
    void hasNoLimitByDefault() {
        var share = share(rates(), "a");
        share.takeFirst();

        assertThat(share.turn()).isEqualTo(Integer.MAX_VALUE);
        assertThat(share.tryTurn(1_000_000, false)).isEmpty();
        assertThat(fields).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "per-caller, 0, per-caller is 0",
        "per-topic, -1, per-topic is -1",
        "per-caller, 2000000000, per-caller is 2000000000",
        "window, 500ms, window is 500ms",
        "window, PT1.5S, window is 1500ms",
        "window, 0s, window is 0ms",
    })
    void refusesToStartWithAnInvalidRate(String key, String value, String fault) {
        assertThatThrownBy(() -> rates(key, value))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("gateway.publish.rate-limit." + fault);
    }

    private RateLimits rates(String... settings) {
        var values = new HashMap<String, String>();
        for (int i = 0; i < settings.length; i += 2) {
            values.put("gateway.publish.rate-limit." + settings[i], settings[i + 1]);
        }
        var config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(PublishConfig.class)
                .withSources(new PropertiesConfigSource(values, "test", 100))
                .build()
                .getConfigMapping(PublishConfig.class);
        var metrics = new PublishMetrics(new SimpleMeterRegistry(), config, new InFlightLimit(1, 1));
        return new RateLimits(config.rateLimit(), metrics, new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return nanos;
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        });
    }

    private RateLimits.Share share(RateLimits rates, String caller) {
        return rates.of(caller, new TopicName("orders"), fields::put);
    }

    private void batch(RateLimits rates, String caller, int messages) {
        var share = share(rates, caller);
        share.takeFirst();
        share.takeBatch(messages);
    }

    private static GatewayException refused(ThrowingCallable call) {
        return catchThrowableOfType(GatewayException.class, call);
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }
}
