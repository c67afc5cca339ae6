package dev.rocketgateway.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

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
}
