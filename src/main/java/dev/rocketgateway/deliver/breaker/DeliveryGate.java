package dev.rocketgateway.deliver.breaker;

import dev.rocketgateway.subscription.CircuitBreakerPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Controls when webhooks of one subscription are sent: at its rate, or not at all while its {@link CircuitBreaker} holds them.
 * While the gate holds, no webhook is sent and no attempt is counted; a message waits until the gate releases it or consumption stops.
 *
 * <p>Thread-safe. {@link #pass} blocks delivery threads; everything else returns at once.
 */
public final class DeliveryGate {

    /** What a message may do after the gate. */
    public enum Pass {
        /** Send it. */
        GO,
        /** Send the message as a probe; its outcome decides whether other messages follow. */
        PROBE,
        /** Do not send the message, because consumption stops. */
        ENDED
    }

    /** Notified when the gate begins to hold messages and when it releases them, on the thread that caused it, without any lock. */
    public interface Watcher {

        void held(Hold hold, Duration time);

        void released();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final LongSupplier clock;
    private final Watcher watcher;
    private final CircuitBreaker breaker;
    private final RateSpacer spacer = new RateSpacer();
    private Optional<Double> perSecond;
    private int waiting;

    /**
     * @param clock {@link System#nanoTime}
     */
    public DeliveryGate(
            CircuitBreakerPolicy settings, Optional<Double> perSecond, Watcher watcher, LongSupplier clock) {
        this.breaker = new CircuitBreaker(settings);
        this.perSecond = perSecond;
        this.watcher = watcher;
        this.clock = clock;
    }

    /** Changes the settings from now on; a gate that holds messages goes on holding them. */
    public void change(CircuitBreakerPolicy policy, Optional<Double> rate) {
        changing(() -> {
            breaker.change(policy);
            perSecond = rate;
            return true;
        });
    }

    /**
     * Waits until a message may be sent, even if the thread is interrupted.
     *
     * @param messageId id of the message, or of the first of several messages
     * @param ended whether consumption stops; checked again after {@link #wake}
     */
    public Pass pass(String messageId, BooleanSupplier ended) {
        return new Visit(messageId, ended).pass();
    }

    /** Whether a message can pass without waiting: there is no hold and no rate. */
    public boolean passesAtOnce() {
        return locked(() -> breaker.isClosed() && perSecond.isEmpty());
    }

    /** Wakes waiting messages, so that they check whether consumption stops. */
    public void wake() {
        changing(() -> true);
    }

    /** Records that the endpoint works, even if it refused the message. */
    public void succeeded(Pass pass) {
        boolean releases = locked(() -> breaker.succeeded(pass == Pass.PROBE, clock.getAsLong()));
        if (releases) {
            wake();
            watcher.released();
        }
    }

    /** Records that the endpoint failed. Holds messages after too many failures, and for longer after a failed probe. */
    public void failed(Pass pass, String messageId, String detail) {
        tell(locked(() -> pass == Pass.PROBE
                ? Optional.of(breaker.probeFailed(messageId, detail, clock.getAsLong()))
                : breaker.failed(detail, clock.getAsLong())));
    }

    /** Number of messages that failed as probes so often that others go first. */
    public int lettingOthersGoFirst() {
        return locked(breaker::lettingOthersGoFirst);
    }

    /** Holds messages for a time that the endpoint has named. */
    public void holdFor(Duration time, Hold why, Pass pass) {
        tell(locked(() -> breaker.holdFor(time, why, pass == Pass.PROBE, clock.getAsLong())));
    }

    /** Holds messages because of a fault of the gateway itself; the time doubles with each consecutive fault, up to the limit. */
    public void holdForOwnFault(Hold why, Duration first, Duration limit, Pass pass) {
        tell(locked(() -> breaker.holdForOwnFault(why, first, limit, pass == Pass.PROBE, clock.getAsLong())));
    }

    /** Records that a message that passed has no result. */
    public void abandon(Pass pass) {
        if (pass == Pass.PROBE) {
            changing(() -> {
                breaker.probeAbandoned();
                return true;
            });
        }
    }

    /** Releases messages, and forgets all failures. */
    public void reset() {
        boolean releases = changing(() -> {
            boolean held = !breaker.isClosed();
            breaker.close();
            return held;
        });
        if (releases) {
            watcher.released();
        }
    }

    /** Why messages are held; empty if they are not. */
    public Optional<Hold> hold() {
        return locked(breaker::hold);
    }

    /** For how long messages have been held, including probes; zero if they are not. */
    Duration heldFor() {
        return locked(() -> breaker.openFor(clock.getAsLong()));
    }

    /** For how long the endpoint is known to fail; zero if messages are not held. */
    Duration failingFor() {
        return locked(breaker::failingFor);
    }

    /** Time until the next probe; zero or less if it may go now, or if messages are not held. */
    public Duration nextProbeIn() {
        return locked(() -> breaker.nextProbeIn(clock.getAsLong()));
    }

    /** Number of messages that wait for the gate or for the rate. */
    public int waiting() {
        return locked(() -> waiting);
    }

    private void tell(Optional<CircuitBreaker.Opened> opened) {
        opened.ifPresent(now -> {
            wake();
            watcher.held(now.hold(), now.time());
        });
    }

    private <T> T locked(Supplier<T> step) {
        lock.lock();
        try {
            return step.get();
        } finally {
            lock.unlock();
        }
    }

    private <T> T changing(Supplier<T> step) {
        return locked(() -> {
            var result = step.get();
            changed.signalAll();
            return result;
        });
    }

    /** One message at the gate. */
    private final class Visit {

        private final String messageId;
        private final BooleanSupplier ended;
        private boolean interrupted;

        Visit(String messageId, BooleanSupplier ended) {
            this.messageId = messageId;
            this.ended = ended;
        }

        public Pass pass() {
            lock.lock();
            waiting++;
            try {
                while (true) {
                    var pass = awaitRelease();
                    awaitRate();
                    if (ended.getAsBoolean()) {
                        abandon(pass);
                        return Pass.ENDED;
                    }
                    // The breaker may have opened while this message waited for the rate.
                    if (pass == Pass.PROBE || breaker.isClosed()) {
                        return pass;
                    }
                }
            } finally {
                waiting--;
                lock.unlock();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        private Pass awaitRelease() {
            while (!ended.getAsBoolean()) {
                if (breaker.isClosed()) {
                    return Pass.GO;
                }
                if (breaker.tryProbe(messageId, clock.getAsLong())) {
                    return Pass.PROBE;
                }
                await(breaker.waitFor(messageId, clock.getAsLong()));
            }
            return Pass.ENDED;
        }

        private void awaitRate() {
            long now = clock.getAsLong();
            long at = now + (ended.getAsBoolean() ? 0 : spacer.take(perSecond, now));
            for (long left = at - now; left > 0 && !ended.getAsBoolean(); left = at - clock.getAsLong()) {
                await(left);
            }
        }

        /** Ignores interrupts: the client interrupts its threads when it closes, and consumption has stopped by then. */
        private void await(long nanos) {
            try {
                changed.awaitNanos(nanos);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
