package dev.rocketgateway.deliver.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.subscription.TestSubscriptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveryGateTest {

    private static final Hold ASKED = new Hold(Hold.RETRY_AFTER, "asked");

    private final AtomicLong clock = new AtomicLong();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final List<String> reported = new CopyOnWriteArrayList<>();
    private final DeliveryGate gate = gate(Optional.empty(), clock::get);

    private DeliveryGate gate(Optional<Double> rate, LongSupplier time) {
        return new DeliveryGate(
                TestSubscriptions.subscription("billing").circuitBreaker(),
                rate,
                new DeliveryGate.Watcher() {
                    @Override
                    public void held(Hold hold, Duration time) {
                        reported.add("held " + hold.reason() + " " + time.toSeconds());
                    }

                    @Override
                    public void released() {
                        reported.add("released");
                    }
                },
                time);
    }

    @AfterEach
    void letEverybodyGo() {
        ended.set(true);
        gate.wake();
    }

    private CompletableFuture<DeliveryGate.Pass> visitor() {
        return CompletableFuture.supplyAsync(() -> gate.pass("m", ended::get), task -> new Thread(task).start());
    }

    private List<CompletableFuture<DeliveryGate.Pass>> visitors(int count) {
        var visitors = IntStream.range(0, count).mapToObj(i -> visitor()).toList();
        await().until(() -> gate.waiting() == count);
        return visitors;
    }

    private void after(Duration time) {
        clock.addAndGet(time.toNanos());
        gate.wake();
    }

    private static long done(List<CompletableFuture<DeliveryGate.Pass>> visitors) {
        return visitors.stream().filter(CompletableFuture::isDone).count();
    }

    @Test
    void letsEverybodyThroughWhileItIsOpen() {
        assertThat(gate.pass("m", ended::get)).isEqualTo(DeliveryGate.Pass.GO);
    }

    @Test
    void holdsEverybodyWhileItIsClosedAndThenLetsOneOut() {
        gate.holdFor(Duration.ofSeconds(7), ASKED, DeliveryGate.Pass.GO);
        var visitors = visitors(5);
        after(Duration.ofMillis(6_999));
        assertThat(done(visitors)).isZero();

        after(Duration.ofMillis(1));
        await().until(() -> done(visitors) == 1);
        assertThat(CompletableFuture.anyOf(visitors.toArray(CompletableFuture[]::new))
                        .join())
                .isEqualTo(DeliveryGate.Pass.PROBE);
        assertThat(gate.waiting()).isEqualTo(4);

        gate.succeeded(DeliveryGate.Pass.PROBE);
        await().until(() -> done(visitors) == 5);
        assertThat(reported).containsExactly("held retry_after 7", "released");
    }

    @Test
    void keepsTheOthersWhenTheProbeFails() {
        gate.holdFor(Duration.ofSeconds(7), ASKED, DeliveryGate.Pass.GO);
        var visitors = visitors(3);
        after(Duration.ofSeconds(7));
        await().until(() -> done(visitors) == 1);

        gate.failed(DeliveryGate.Pass.PROBE, "m", "503");

        assertThat(gate.waiting()).isEqualTo(2);
        assertThat(gate.hold()).contains(new Hold(Hold.ENDPOINT_FAILING, "503"));
        assertThat(gate.nextProbeIn()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void sendsAnotherProbeWhenTheFirstCameToNothing() {
        gate.holdFor(Duration.ofSeconds(7), ASKED, DeliveryGate.Pass.GO);
        var visitors = visitors(2);
        after(Duration.ofSeconds(7));
        await().until(() -> done(visitors) == 1);

        gate.abandon(DeliveryGate.Pass.PROBE);

        await().until(() -> done(visitors) == 2);
    }

    @Test
    void letsThoseGoWhoseReceptionEnds() {
        gate.holdFor(Duration.ofDays(1), ASKED, DeliveryGate.Pass.GO);
        var visitors = visitors(3);

        ended.set(true);
        gate.wake();

        assertThat(visitors).allSatisfy(visitor -> assertThat(visitor.join()).isEqualTo(DeliveryGate.Pass.ENDED));
    }

    @Test
    void waitsOnWhenItIsInterruptedAndKeepsTheFlag() throws InterruptedException {
        gate.holdFor(Duration.ofDays(1), ASKED, DeliveryGate.Pass.GO);
        var flag = new CompletableFuture<Boolean>();
        var thread = new Thread(() -> {
            gate.pass("m", ended::get);
            flag.complete(Thread.currentThread().isInterrupted());
        });
        thread.start();
        await().until(() -> gate.waiting() == 1);

        thread.interrupt();
        await().until(() -> !thread.isInterrupted());
        assertThat(flag).isNotDone();
        ended.set(true);
        gate.wake();

        assertThat(flag.join()).isTrue();
        thread.join();
    }

    @Test
    void opensAtOnceWhenItIsReset() {
        gate.holdFor(Duration.ofDays(1), ASKED, DeliveryGate.Pass.GO);
        var visitors = visitors(3);

        gate.reset();

        await().until(() -> done(visitors) == 3);
        assertThat(gate.hold()).isEmpty();
    }

    @Test
    void spacesThemAtTheRate() {
        var paced = gate(Optional.of(10.0), System::nanoTime);
        long start = System.nanoTime();

        for (int i = 0; i < 4; i++) {
            assertThat(paced.pass("m", ended::get)).isEqualTo(DeliveryGate.Pass.GO);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void doesNotLetOutWhoGotAPlaceBeforeItClosed() {
        var paced = gate(Optional.of(0.5), clock::get);
        paced.pass("m", ended::get);
        var waiting =
                CompletableFuture.supplyAsync(() -> paced.pass("m", ended::get), task -> new Thread(task).start());
        await().until(() -> paced.waiting() == 1);

        paced.holdFor(Duration.ofSeconds(60), ASKED, DeliveryGate.Pass.GO);
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
        paced.wake();
        assertThat(waiting).isNotDone();
        ended.set(true);
        paced.wake();

        assertThat(waiting.join()).isEqualTo(DeliveryGate.Pass.ENDED);
    }
}
