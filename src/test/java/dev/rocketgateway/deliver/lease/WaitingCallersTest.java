package dev.rocketgateway.deliver.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.deliver.MessageLeases.Lease;
import dev.rocketgateway.deliver.MessageLeases.LeaseException;
import dev.rocketgateway.deliver.MessageLeases.LeaseException.Reason;
import dev.rocketgateway.deliver.MessageLeases.Leased;
import dev.rocketgateway.deliver.MessageLeases.Selection;
import dev.rocketgateway.deliver.MessageSource.Filter;
import dev.rocketgateway.deliver.Messages;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WaitingCallersTest {

    private static final ConsumerGroup GROUP = new ConsumerGroup("GW-jobs");
    private static final TopicName TOPIC = new TopicName("jobs");
    private static final Selection ALL = new Selection(GROUP, TOPIC, new Filter(false, "*"));
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final FakeLeases leases = new FakeLeases();
    private final List<Leased> released = new ArrayList<>();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private volatile boolean paused;
    private volatile boolean undeliverable;
    private final WaitingCallers callers = new WaitingCallers(
            leases,
            () -> paused ? Optional.empty() : Optional.of(new Source()),
            message -> released.add(message),
            timer);

    private final class Source implements WaitingCallers.Source {

        @Override
        public Selection selection() {
            return ALL;
        }

        @Override
        public List<Leased> sift(List<Leased> taken) {
            return undeliverable ? List.of() : taken;
        }
    }

    @AfterEach
    void stop() {
        timer.shutdownNow();
    }

    private Waiter waits(int max) {
        return waits(max, LONG);
    }

    private Waiter waits(int max, Duration wait) {
        var waiter = new Waiter(max, LEASE);
        callers.add(waiter, wait);
        return waiter;
    }

    private void store(String id) {
        leases.stored.add(new Leased(Messages.message(id, 1), new Lease(GROUP, TOPIC, id), id));
    }

    private static List<String> ids(Waiter waiter) {
        assertThat(waiter.messages()).isCompleted();
        return waiter.messages().join().messages().stream()
                .map(leased -> leased.message().id())
                .toList();
    }

    @Test
    void allCallersShareOneWaitAndAreServedInTheirOrder() {
        var first = waits(2);
        var second = waits(1);
        var third = waits(1);
        assertThat(leases.awaited).hasValue(1);
        store("a");
        store("b");
        store("c");

        leases.announce(true);

        assertThat(ids(first)).containsExactly("a", "b");
        assertThat(ids(second)).containsExactly("c");
        assertThat(third.messages()).isNotDone();
        assertThat(leases.awaited).as("the third caller waits on").hasValue(2);
    }

    @Test
    void takesAfterAWaitThatEndedWithoutAMessageToo() {
        var caller = waits(1);
        store("came with the end of the wait");

        leases.announce(false);

        assertThat(ids(caller)).hasSize(1);
    }

    @Test
    void aFalseAlarmIsFollowedByAPause() {
        waits(1);

        leases.announce(true);

        assertThat(leases.waits).isEmpty();
        await().until(() -> leases.awaited.get() == 2);
    }

    @Test
    void aCallerGetsNothingWhenItsTimeIsUp() {
        var caller = waits(1, Duration.ofMillis(20));

        await().until(() -> caller.messages().isDone());

        assertThat(ids(caller)).isEmpty();
    }

    @Test
    void messagesForACallerThatHasGoneGoToTheNextOrAreGivenBack() {
        var gone = waits(1);
        var next = waits(1);
        gone.messages().cancel(false);
        store("a");

        leases.announce(true);

        assertThat(ids(next)).containsExactly("a");
        assertThat(released).isEmpty();
    }

    @Test
    void whoeverTakesOnlyWhatNoWorkerMayGetWaitsOn() {
        undeliverable = true;
        var caller = waits(1);
        store("poison");

        leases.announce(true);

        assertThat(caller.messages()).isNotDone();
        assertThat(leases.stored).isEmpty();
        undeliverable = false;
        store("good");
        leases.announce(true);
        assertThat(ids(caller)).containsExactly("good");
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"TOO_MANY_WAITERS", "REFUSED"})
    void aRefusalEndsTheWaitingOfAll(Reason reason) {
        var first = waits(1);
        var second = waits(1);

        leases.waits.remove().completeExceptionally(new LeaseException(reason, "no", null));

        for (var caller : List.of(first, second)) {
            assertThatThrownBy(caller.messages()::join)
                    .cause()
                    .isInstanceOfSatisfying(
                            LeaseException.class, e -> assertThat(e.reason()).isEqualTo(reason));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Reason.class,
            names = {"UNAVAILABLE", "UNKNOWN"})
    void anOutageIsWaitedOut(Reason reason) {
        var caller = waits(1);

        leases.waits.remove().completeExceptionally(new LeaseException(reason, "down", null));
        await().until(() -> !leases.waits.isEmpty());
        store("after the outage");
        leases.announce(true);

        assertThat(ids(caller)).containsExactly("after the outage");
    }

    @Test
    void aCallThatThrowsDoesNotEndTheWaiting() {
        leases.broken.set(1);
        var caller = waits(1);
        await().until(() -> !leases.waits.isEmpty());
        store("after the bug");
        leases.broken.set(1);
        leases.announce(true);
        await().until(() -> !leases.waits.isEmpty());
        leases.announce(true);

        assertThat(ids(caller)).containsExactly("after the bug");
    }

    @Test
    void aPausedSubscriptionIsNotAsked() {
        paused = true;
        var caller = waits(1);
        assertThat(leases.awaited).hasValue(0);

        paused = false;
        await().until(() -> !leases.waits.isEmpty());
        store("after the pause");
        leases.announce(true);

        assertThat(ids(caller)).containsExactly("after the pause");
    }

    @Test
    void theEndOfTheServiceEndsEveryWait() {
        var callersThatWait = List.of(waits(1), waits(2), waits(32));

        callers.endAll();

        assertThat(callersThatWait).allSatisfy(caller -> assertThat(ids(caller)).isEmpty());
    }
}
