package dev.rocketgateway.rocketmq.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.rocketmq.produce.QueueChoice;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

class BrokerHealthTest {

    private static final String A = "broker-a";
    private static final String B = "broker-b";
    private static final String C = "broker-c";
    private static final Duration LONG = Duration.ofSeconds(8);

    private long now = 5_000_000_000_000L;
    private final BrokerHealth health = new BrokerHealth(Duration.ofSeconds(1), Duration.ofMillis(100), () -> now);
    private final QueueChoice choice = new QueueChoice(health);
    private final List<MessageQueue> queues = List.of(
            new MessageQueue("t", A, 0),
            new MessageQueue("t", A, 1),
            new MessageQueue("t", B, 0),
            new MessageQueue("t", B, 1));

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private void answer(String broker, Duration took) {
        var attempt = health.begin(broker);
        pass(took);
        attempt.answered();
    }

    private Set<String> chosen(Set<String> tried) {
        return IntStream.range(0, 200)
                .mapToObj(i -> choice.next(queues, tried).getBrokerName())
                .collect(Collectors.toSet());
    }

    @Test
    void usesEveryQueueWhileAllBrokersAnswer() {
        answer(A, Duration.ofMillis(2));
        answer(B, Duration.ofMillis(3));

        assertThat(IntStream.range(0, 500)
                        .mapToObj(i -> choice.next(queues, Set.of()))
                        .collect(Collectors.toSet()))
                .hasSize(4);
    }

    @Test
    void avoidsABrokerThatLeavesSendsUnansweredAndTakesItBackWhenItAnswers() {
        var waiting = health.begin(B);
        pass(Duration.ofMillis(900));
        assertThat(health.avoided()).isEmpty();

        pass(Duration.ofMillis(200));
        assertThat(health.avoided()).containsExactly(B);
        assertThat(health.isSilent(B)).isTrue();
        assertThat(chosen(Set.of())).containsExactly(A);

        waiting.answered();
        pass(Duration.ofMillis(60));
        assertThat(health.isSilent(B)).isFalse();
    }

    @Test
    void oneAnswerShowsThatABrokerIsThereHoweverManyWait() {
        health.begin(B);
        pass(Duration.ofMillis(900));
        answer(B, Duration.ZERO);
        pass(Duration.ofMillis(900));

        assertThat(health.avoided()).isEmpty();
    }

    @Test
    void avoidsABrokerAfterAFailureUntilItAnswersAProbe() {
        health.begin(B).failed();
        assertThat(chosen(Set.of())).containsExactly(A);

        pass(Duration.ofMillis(500));
        health.probed(B, true, now, LONG);

        assertThat(chosen(Set.of())).containsExactlyInAnyOrder(A, B);
    }

    @Test
    void aProbeThatBeganBeforeTheFailureSaysNothing() {
        long before = now;
        pass(Duration.ofMillis(10));
        health.begin(B).failed();
        health.probed(B, true, before, LONG);

        assertThat(health.avoided()).containsExactly(B);
    }

    @Test
    void doesNotBelieveTheProbeOfABrokerThatAnswersProbesAndFailsSends() {
        for (int i = 0; i < 3; i++) {
            health.begin(B).failed();
            pass(Duration.ofMillis(10));
        }
        health.probed(B, true, now, LONG);
        assertThat(health.avoided()).containsExactly(B);

        pass(Duration.ofSeconds(31));
        assertThat(health.avoided()).isEmpty();
    }

    @Test
    void sendsThatFailTogetherAreOneFailure() {
        var attempts = IntStream.range(0, 10).mapToObj(i -> health.begin(B)).toList();
        pass(Duration.ofSeconds(2));
        attempts.forEach(BrokerHealth.Attempt::failed);
        pass(Duration.ofMillis(60));
        health.probed(B, true, now, LONG);

        assertThat(health.avoided()).isEmpty();
    }

    @Test
    void avoidsABrokerThatLeavesAProbeUnansweredUntilOneIsAnswered() {
        health.probed(B, false, now, LONG);
        assertThat(health.avoided()).containsExactly(B);

        pass(Duration.ofSeconds(4));
        health.probed(B, true, now, LONG);
        assertThat(health.avoided()).isEmpty();
    }

    @Test
    void aSendThatNeverEndsDoesNotKeepABrokerAvoidedForEver() {
        var forgotten = health.begin(B);
        pass(Duration.ofSeconds(10));
        assertThat(health.avoided()).containsExactly(B);

        pass(Duration.ofMinutes(1));
        assertThat(health.avoided()).isEmpty();

        forgotten.failed();
        pass(Duration.ofSeconds(10));
        health.begin(B);
        pass(Duration.ofSeconds(2));
        assertThat(health.avoided()).as("it counts from zero again").containsExactly(B);
    }

    @Test
    void whatNeverReachedABrokerSaysNothingOfIt() {
        var attempt = health.begin(B);
        pass(Duration.ofMillis(10));
        attempt.abandoned();
        pass(Duration.ofSeconds(5));

        assertThat(health.avoided()).isEmpty();
    }

    @Test
    void avoidsASlowBrokerWhereAnotherIsFastAndSamplesItOnceASecond() {
        answer(A, Duration.ofMillis(2));
        answer(B, Duration.ofMillis(300));
        pass(Duration.ofMillis(60));

        assertThat(health.avoided()).containsExactly(B);
        assertThat(health.isSilent(B)).isFalse();
        assertThat(choice.next(queues, Set.of()).getBrokerName()).isEqualTo(B);
        assertThat(chosen(Set.of())).containsExactly(A);

        for (int i = 0; i < 10; i++) {
            pass(Duration.ofMillis(1100));
            health.avoided();
            answer(choice.next(queues, Set.of()).getBrokerName(), Duration.ofMillis(2));
        }
        pass(Duration.ofMillis(60));
        assertThat(health.avoided()).isEmpty();
    }

    @Test
    void aRefusalDoesNotMakeABrokerFast() {
        for (int i = 0; i < 5; i++) {
            var attempt = health.begin(A);
            pass(Duration.ofMillis(1));
            attempt.refused();
            answer(B, Duration.ofMillis(120));
        }
        pass(Duration.ofMillis(60));

        assertThat(health.avoided()).isEmpty();
    }

    @Test
    void aBrokerThatIsGoneIsNotTheFastestForEver() {
        answer(A, Duration.ofMillis(2));
        for (int i = 0; i < 30; i++) {
            pass(Duration.ofSeconds(3));
            answer(B, Duration.ofMillis(300));
        }
        pass(Duration.ofMillis(60));

        assertThat(health.avoided()).isEmpty();
    }

    @Test
    void everySlowBrokerHasItsOwnSample() {
        answer(C, Duration.ofMillis(2));
        answer(A, Duration.ofMillis(300));
        answer(B, Duration.ofMillis(300));
        answer(C, Duration.ofMillis(2));
        pass(Duration.ofMillis(60));
        assertThat(health.avoided()).containsExactlyInAnyOrder(A, B);

        assertThat(health.claimSample(A)).isTrue();
        assertThat(health.claimSample(A)).isFalse();
        assertThat(health.claimSample(B)).isTrue();
    }

    @Test
    void aBrokerIsNotSlowWhereAllAre() {
        answer(A, Duration.ofMillis(200));
        answer(B, Duration.ofMillis(300));
        pass(Duration.ofMillis(60));

        assertThat(health.avoided()).isEmpty();
    }

    @Test
    void goesToAnUntriedBrokerFirstThenToAnAvoidedOneThenToAny() {
        assertThat(chosen(Set.of(A))).containsExactly(B);
        health.begin(B).failed();
        assertThat(chosen(Set.of(A))).containsExactly(B);
        assertThat(chosen(Set.of(A, B))).containsExactlyInAnyOrder(A, B);
        assertThat(choice.hasAnother(queues, Set.of(A))).isFalse();
        assertThat(choice.hasAnother(queues, Set.of(B))).isTrue();
    }

    @Test
    void sendsOnAlthoughEveryBrokerIsAvoided() {
        health.probed(A, false, now, LONG);
        health.probed(B, false, now, LONG);

        assertThat(chosen(Set.of())).containsExactlyInAnyOrder(A, B);
        assertThat(choice.preferred(queues)).isEqualTo(queues);
    }

    @Test
    void spreadsWhatAnAvoidedBrokerDoesNotGetOverAllTheOthers() {
        var three = List.of(
                new MessageQueue("t", A, 0),
                new MessageQueue("t", B, 0),
                new MessageQueue("t", B, 1),
                new MessageQueue("t", C, 0));
        health.probed(B, false, now, LONG);

        var counts = IntStream.range(0, 1000)
                .mapToObj(i -> choice.next(three, Set.of()).getBrokerName())
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()));

        assertThat(counts).containsOnlyKeys(A, C);
        assertThat(counts.get(A)).isBetween(400L, 600L);
    }
}
