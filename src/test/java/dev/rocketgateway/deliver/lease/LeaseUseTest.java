package dev.rocketgateway.deliver.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.deliver.MessageLeases.LeaseException;
import dev.rocketgateway.deliver.MessageLeases.LeaseException.Reason;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.LeaseEnd;
import dev.rocketgateway.deliver.lease.ReceiptResult.Outcome;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.TestSubscriptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseUseTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Subscription jobs = TestSubscriptions.pull("jobs");
    private final FakeLeases leases = new FakeLeases();
    private final List<LeaseEnd.Outcome> ends = new ArrayList<>();
    private final LeaseUse use =
            new LeaseUse(leases, new LeaseMetrics(new SimpleMeterRegistry()), List.of(new DeliveryListener() {
                @Override
                public void leaseEnded(LeaseEnd end) {
                    ends.add(end.outcome());
                }
            }));

    private static Receipt receipt(Duration left) {
        var now = Instant.now();
        return new Receipt(now.plus(left), now, now, 1, "checkpoint", "id");
    }

    private Outcome acknowledge(Receipt receipt) {
        return use.acknowledge(jobs, receipt).join().outcome();
    }

    private ReceiptResult extend(Receipt receipt, Duration visibility) {
        return use.extend(jobs, receipt, visibility, Receipt::checkpoint).join();
    }

    private void fail(Reason reason) {
        leases.answer = CompletableFuture.failedFuture(new LeaseException(reason, "no", null));
    }

    @Test
    void anAcknowledgmentCanBeRepeatedAndReachesTheBrokerOnce() {
        var receipt = receipt(MINUTE);

        assertThat(acknowledge(receipt)).isEqualTo(Outcome.DONE);
        assertThat(acknowledge(receipt)).isEqualTo(Outcome.DONE);

        assertThat(leases.calls).containsExactly("ack checkpoint");
        assertThat(ends).containsExactly(LeaseEnd.Outcome.ACKNOWLEDGED);
    }

    @Test
    void aLeaseWhoseTimeHasPassedCannotBeUsed() {
        var ended = receipt(Duration.ofMillis(-1));

        assertThat(acknowledge(ended)).isEqualTo(Outcome.ENDED);
        assertThat(extend(ended, MINUTE).outcome()).isEqualTo(Outcome.ENDED);

        assertThat(leases.calls).isEmpty();
    }

    @Test
    void anExtensionReplacesTheLease() {
        var receipt = receipt(MINUTE);

        var extended = extend(receipt, MINUTE);

        assertThat(extended.receipt()).hasValue("checkpoint'");
        assertThat(extend(receipt, MINUTE).outcome()).isEqualTo(Outcome.ENDED);
        assertThat(acknowledge(receipt)).isEqualTo(Outcome.ENDED);
        assertThat(leases.calls).containsExactly("extend checkpoint");
        assertThat(ends).isEmpty();
    }

    @Test
    void anAcknowledgedMessageIsNotBroughtBackByAnExtension() {
        var receipt = receipt(MINUTE);
        acknowledge(receipt);

        assertThat(extend(receipt, MINUTE).outcome()).isEqualTo(Outcome.ENDED);

        assertThat(leases.calls).containsExactly("ack checkpoint");
    }

    @Test
    void whileAnAcknowledgmentIsUnderWayAnExtensionIsRefused() {
        leases.answer = new CompletableFuture<>();
        var receipt = receipt(MINUTE);
        var acknowledgment = use.acknowledge(jobs, receipt);

        assertThat(extend(receipt, MINUTE).outcome()).isEqualTo(Outcome.ENDED);

        leases.answer.complete(null);
        assertThat(acknowledgment.join().outcome()).isEqualTo(Outcome.DONE);
        assertThat(leases.calls).containsExactly("ack checkpoint");
    }

    @ParameterizedTest
    @CsvSource({"UNAVAILABLE, DONE", "REFUSED, DONE", "UNKNOWN, ENDED"})
    void aMessageThatMayBeAcknowledgedIsNotExtended(Reason failure, Outcome extended) {
        var receipt = receipt(MINUTE);
        fail(failure);
        acknowledge(receipt);
        leases.answer = CompletableFuture.completedFuture(null);

        assertThat(extend(receipt, MINUTE).outcome()).isEqualTo(extended);
    }

    @Test
    void leasesOfTwoGroupsAreNotMixedUpEvenWithTheSameCheckpoint() {
        var receipt = receipt(MINUTE);
        acknowledge(receipt);

        var other = use.acknowledge(TestSubscriptions.pull("others"), receipt).join();

        assertThat(other.outcome()).isEqualTo(Outcome.DONE);
        assertThat(leases.calls).hasSize(2);
    }

    @Test
    void anExtensionOfZeroEndsTheAttempt() {
        assertThat(extend(receipt(MINUTE), Duration.ZERO).receipt()).isEmpty();

        assertThat(ends).containsExactly(LeaseEnd.Outcome.RELEASED);
        assertThat(use.wasReleased("id", 1)).isTrue();
        assertThat(use.wasReleased("id", 2)).isFalse();
    }

    @Test
    void whileAnExtensionIsUnderWayASecondIsRefused() {
        leases.answer = new CompletableFuture<>();
        var receipt = receipt(MINUTE);
        var first = use.extend(jobs, receipt, MINUTE, Receipt::checkpoint);

        assertThat(extend(receipt, MINUTE).outcome()).isEqualTo(Outcome.ENDED);

        leases.answer.complete(null);
        assertThat(first.join().outcome()).isEqualTo(Outcome.DONE);
    }

    @ParameterizedTest
    @CsvSource({
        // failure         | result      | a second extension reaches the broker
        "UNAVAILABLE,      UNAVAILABLE, true",
        "REFUSED,          REFUSED,     true",
        "UNKNOWN,          UNKNOWN,     false"
    })
    void anExtensionIsRepeatedOnlyIfItHadNoEffect(Reason failure, Outcome outcome, boolean again) {
        var receipt = receipt(MINUTE);
        fail(failure);
        assertThat(extend(receipt, MINUTE).outcome()).isEqualTo(outcome);
        leases.answer = CompletableFuture.completedFuture(null);

        assertThat(extend(receipt, MINUTE).outcome()).isEqualTo(again ? Outcome.DONE : Outcome.ENDED);

        assertThat(leases.calls).hasSize(again ? 2 : 1);
    }

    @Test
    void aMessageWhoseExtensionIsUnknownCanBeAcknowledged() {
        var receipt = receipt(MINUTE);
        fail(Reason.UNKNOWN);
        extend(receipt, MINUTE);
        leases.answer = CompletableFuture.completedFuture(null);

        assertThat(acknowledge(receipt)).isEqualTo(Outcome.DONE);
    }

    @Test
    void anAcknowledgmentThatFailedCanBeRepeated() {
        var receipt = receipt(MINUTE);
        fail(Reason.UNKNOWN);
        assertThat(acknowledge(receipt)).isEqualTo(Outcome.UNKNOWN);
        leases.answer = CompletableFuture.completedFuture(null);

        assertThat(acknowledge(receipt)).isEqualTo(Outcome.DONE);

        assertThat(ends).containsExactly(LeaseEnd.Outcome.ACKNOWLEDGED);
    }
}
