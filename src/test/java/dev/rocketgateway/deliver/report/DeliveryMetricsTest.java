package dev.rocketgateway.deliver.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.deliver.Messages;
import dev.rocketgateway.deliver.breaker.Hold;
import dev.rocketgateway.deliver.event.DeadLettering;
import dev.rocketgateway.deliver.event.DeliveryState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class DeliveryMetricsTest {

    private static final String NAME = "billing";

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final DeliveryMetrics metrics = new DeliveryMetrics(meters);

    private double closed(String reason) {
        return meters.get("gateway.delivery.gate.closed")
                .tags("subscription", NAME, "reason", reason)
                .gauge()
                .value();
    }

    private double deadLetters(String reason) {
        return meters.get("gateway.delivery.dead.lettered")
                .tags("subscription", NAME, "reason", reason)
                .counter()
                .count();
    }

    @Test
    void countsDeadLettersFromZeroSoThatTheFirstIsAnIncrease() {
        metrics.stateChanged(NAME, new DeliveryState.Stopped(), new DeliveryState.Starting("now"));

        for (var reason : DeadLettering.REASONS) {
            assertThat(deadLetters(reason)).as(reason).isZero();
        }
        metrics.deadLettered(new DeadLettering(NAME, Messages.message("1", 1), DeadLettering.REFUSED, "400"));
        assertThat(deadLetters(DeadLettering.REFUSED)).isEqualTo(1);
        assertThat(deadLetters(DeadLettering.EXHAUSTED)).isZero();
    }

    @Test
    void showsOneReasonAtATimeForWhichTheGateIsClosed() {
        metrics.held(NAME, new Hold(Hold.ENDPOINT_FAILING, "503"), Duration.ofSeconds(1));
        metrics.held(NAME, new Hold(Hold.GONE, "410"), Duration.ofSeconds(1));

        assertThat(closed(Hold.ENDPOINT_FAILING)).isZero();
        assertThat(closed(Hold.GONE)).isEqualTo(1);
        metrics.released(NAME);
        assertThat(closed(Hold.GONE)).isZero();
    }

    @Test
    void forgetsASubscriptionThatIsRemoved() {
        metrics.stateChanged(NAME, new DeliveryState.Stopped(), new DeliveryState.Starting("now"));
        metrics.stateChanged("other", new DeliveryState.Stopped(), new DeliveryState.Starting("now"));

        metrics.removed(NAME);

        assertThat(new ArrayList<>(meters.getMeters())).isNotEmpty().allMatch(meter -> "other"
                .equals(meter.getId().getTag("subscription")));
    }
}
