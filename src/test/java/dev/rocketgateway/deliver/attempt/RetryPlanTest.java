package dev.rocketgateway.deliver.attempt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.subscription.TestSubscriptions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPlanTest {

    private static RetryPlan plan(String... settings) {
        return new RetryPlan(TestSubscriptions.subscription("billing", settings).retry(), DelayLevels.DEFAULT);
    }

    private static Optional<Duration> seconds(int seconds) {
        return Optional.of(Duration.ofSeconds(seconds));
    }

    @Test
    void leavesItToTheBrokerWithoutASchedule() {
        assertThat(plan().after(1, Optional.empty())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1,2s", "2,15s", "3,90s", "4,90s", "50,90s"})
    void takesTheDelaysOfTheScheduleAndTheLastForAllThatFollow(int attempt, String delay) {
        var plan = plan("retry.schedule", "2s,15s,90s");

        assertThat(plan.after(attempt, Optional.empty())).contains(Durations.parse(delay));
    }

    @Test
    void showsTheScheduleRoundedUpToTheBrokersDelays() {
        var plan = plan("retry.schedule", "2s,15s,90s", "retry.max-attempts", "5");

        assertThat(plan.effective())
                .containsExactly(
                        Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(2));
        assertThat(plan.effective(1, Optional.empty())).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void waitsForAsLongAsTheEndpointAsksIfThatIsLonger() {
        assertThat(plan().after(1, seconds(25))).contains(Duration.ofSeconds(25));
        assertThat(plan().after(1, seconds(3))).contains(Duration.ofSeconds(10));
        assertThat(plan().effective(1, seconds(25))).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void neverWaitsForLongerThanTheSubscriptionAllows() {
        var plan = plan("retry.retry-after-max", "1m");

        assertThat(plan.after(1, seconds(3600))).contains(Duration.ofMinutes(1));
    }

    @Test
    void doesNotListenToTheEndpointWhereItShouldNot() {
        var plan = plan("retry.honor-retry-after", "false");

        assertThat(plan.after(1, seconds(3600))).isEmpty();
    }

    @Test
    void allowsAsManyAttemptsAsTheSubscriptionSays() {
        var plan = plan("retry.max-attempts", "3");

        assertThat(plan.allows(2)).isTrue();
        assertThat(plan.allows(3)).isFalse();
        assertThat(plan("retry.max-attempts", "1").effective()).isEmpty();
    }
}
