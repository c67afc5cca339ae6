package dev.rocketgateway.deliver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.message.Durations;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DelayLevelsTest {

    @Test
    void knowsThoseOfABrokerNobodyConfigured() {
        assertThat(DelayLevels.DEFAULT.delays()).hasSize(18);
        assertThat(DelayLevels.DEFAULT.delay(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(DelayLevels.DEFAULT.delay(18)).isEqualTo(Duration.ofHours(2));
    }

    @ParameterizedTest
    @CsvSource({
        "0s,1",
        "1s,1",
        "1001ms,2",
        "5s,2",
        "7s,3",
        "10s,3",
        "11s,4",
        "61s,6",
        "10m,14",
        "11m,15",
        "2h,18",
        "3h,18"
    })
    void roundsUpToTheNextDelay(String wanted, int level) {
        assertThat(DelayLevels.DEFAULT.levelFor(Durations.parse(wanted))).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({"1,10s", "2,30s", "3,1m", "12,10m", "13,20m", "15,1h", "16,2h", "17,2h", "99,2h"})
    void takesTheBrokersDelayAfterEachAttempt(int attempt, String delay) {
        assertThat(DelayLevels.DEFAULT.afterAttempt(attempt)).isEqualTo(Durations.parse(delay));
    }

    @Test
    void seventeenAttemptsTakeFourHoursAndFortyFiveMinutes() {
        var sum = Duration.ZERO;
        for (int attempt = 1; attempt < 17; attempt++) {
            sum = sum.plus(DelayLevels.DEFAULT.afterAttempt(attempt));
        }

        assertThat(sum).isEqualTo(Duration.parse("PT4H45M40S"));
    }

    @Test
    void exactDelaysAreNotRounded() {
        assertThat(DelayLevels.EXACT.roundedUp(Duration.ofMillis(1500))).isEqualTo(Duration.ofMillis(1500));
        assertThat(DelayLevels.DEFAULT.roundedUp(Duration.ofMillis(1500))).isEqualTo(Duration.ofSeconds(5));
        assertThat(DelayLevels.EXACT.afterAttempt(1)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void readsTheBrokersOwnNotation() {
        assertThat(DelayLevels.parse(" 2s  3m 4h 1d ").delays())
                .containsExactly(Duration.ofSeconds(2), Duration.ofMinutes(3), Duration.ofHours(4), Duration.ofDays(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "5", "5x", "x5s"})
    void refusesInvalidDelays(String text) {
        assertThatThrownBy(() -> DelayLevels.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
