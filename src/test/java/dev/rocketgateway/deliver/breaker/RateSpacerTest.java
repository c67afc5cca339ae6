package dev.rocketgateway.deliver.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RateSpacerTest {

    private static final Optional<Double> FOUR_PER_SECOND = Optional.of(4.0);
    private static final long QUARTER = Duration.ofMillis(250).toNanos();

    private final RateSpacer pace = new RateSpacer();

    @Test
    void givesEachThatComesAPlaceOfItsOwn() {
        assertThat(pace.take(FOUR_PER_SECOND, -7)).isZero();
        assertThat(pace.take(FOUR_PER_SECOND, -7)).isEqualTo(QUARTER);
        assertThat(pace.take(FOUR_PER_SECOND, -7 + QUARTER / 2)).isEqualTo(QUARTER + QUARTER / 2);
    }

    @Test
    void savesNoPlacesUpForLater() {
        pace.take(FOUR_PER_SECOND, 0);
        assertThat(pace.take(FOUR_PER_SECOND, 100 * QUARTER)).isZero();
        assertThat(pace.take(FOUR_PER_SECOND, 100 * QUARTER)).isEqualTo(QUARTER);
    }

    @Test
    void holdsNobodyBackWithoutARate() {
        assertThat(pace.take(Optional.empty(), 0)).isZero();
        assertThat(pace.take(Optional.empty(), 0)).isZero();
    }
}
