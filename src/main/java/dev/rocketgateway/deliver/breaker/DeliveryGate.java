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
 * While the gate holds, no webhook is sent and no attempt is counted; a message waits until the gate opens or consumption stops.
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

    /** Notified when the gate closes and opens, on the thread that closed or opened it, without any lock. */
    public interface Watcher {

        void closed(Hold hold, Duration time);

        void opened();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final LongSupplier clock;
    private final Watcher watcher;
    private final CircuitBreaker outage;
    private final RateSpacer pace = new RateSpacer();
    private Optional<Double> perSecond;
    private int waiting;

    /**
     * @param clock {@link System#nanoTime}
     */
    public DeliveryGate(
            CircuitBreakerPolicy settings, Optional<Double> perSecond, Watcher watcher, LongSupplier clock) {
        this.outage = new CircuitBreaker(settings);
        this.perSecond = perSecond;
        this.watcher = watcher;
        this.clock = clock;
    }

    /** Changes the settings from now on; a closed gate stays closed. */
    public void change(CircuitBreakerPolicy breaker, Optional<Double> rate) {
        changing(() -> {
            outage.change(breaker);
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

    /** Whether a message can pass without waiting: there is no outage and no rate. */
    public boolean passesAtOnce() {
        return locked(() -> outage.isOpen() && perSecond.isEmpty());
    }

    /** Wakes waiting messages, so that they check whether consumption stops. */
    public void wake() {
        changing(() -> true);
    }

    /** Records that the endpoint works, even if it refused the message. */
    public void succeeded(Pass pass) {
        boolean opens = locked(() -> outage.succeeded(pass == Pass.PROBE, clock.getAsLong()));
        if (opens) {
            wake();
            watcher.opened();
        }
    }

    /** Records that the endpoint failed. Closes the gate after too many failures, and again after a failed probe. */
    public void failed(Pass pass, String messageId, String detail) {
        tell(locked(() -> pass == Pass.PROBE
                ? Optional.of(outage.probeFailed(messageId, detail, clock.getAsLong()))
                : outage.failed(detail, clock.getAsLong())));
    }

    /** Number of messages that failed as probes so often that others go first. */
    public int lettingOthersGoFirst() {
        return locked(outage::lettingOthersGoFirst);
    }

    /** Closes the gate for a time that the endpoint has named. */
    public void closeFor(Duration time, Hold why, Pass pass) {
        tell(locked(() -> outage.closeFor(time, why, pass == Pass.PROBE, clock.getAsLong())));
    }

    /** Closes the gate because of a fault of the gateway itself; the time doubles with each consecutive fault, up to the limit. */
    public void closeForOurs(Hold why, Duration first, Duration limit, Pass pass) {
        tell(locked(() -> outage.closeForOurs(why, first, limit, pass == Pass.PROBE, clock.getAsLong())));
    }

    /** Records that a message that passed has no result. */
    public void abandon(Pass pass) {
        if (pass == Pass.PROBE) {
            changing(() -> {
                outage.probeAbandoned();
                return true;
            });
        }
    }

    /** Opens the gate and forgets all failures. */
    public void reset() {
        boolean opens = changing(() -> {
            boolean closed = !outage.isOpen();
            outage.open();
            return closed;
        });
        if (opens) {
            watcher.opened();
        }
    }

    /** Why the gate is closed; empty if it is open. */
    public Optional<Hold> hold() {
        return locked(outage::hold);
    }

    /** For how long it has been closed, probes in between included; zero if it is open. */
    Duration closedFor() {
        return locked(() -> outage.closedFor(clock.getAsLong()));
    }

    /** For how long the endpoint is known to fail; zero if it is open. */
    Duration failingFor() {
        return locked(outage::failingFor);
    }

    /** Time until the next probe; zero or less if it may go now, or if the gate is open. */
    public Duration opensIn() {
        return locked(() -> outage.opensIn(clock.getAsLong()));
    }

    /** Number of messages that wait for the gate or for the rate. */
    public int waiting() {
        return locked(() -> waiting);
    }

    private void tell(Optional<CircuitBreaker.Closed> closed) {
        closed.ifPresent(now -> {
            wake();
            watcher.closed(now.hold(), now.time());
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
                    var pass = awaitOpen();
                    awaitPlace();
                    if (ended.getAsBoolean()) {
                        abandon(pass);
                        return Pass.ENDED;
                    }
                    // The gate may have closed while this message waited for the rate.
                    if (pass == Pass.PROBE || outage.isOpen()) {
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

        private Pass awaitOpen() {
            while (!ended.getAsBoolean()) {
                if (outage.isOpen()) {
                    return Pass.GO;
                }
                if (outage.tryProbe(messageId, clock.getAsLong())) {
                    return Pass.PROBE;
                }
                await(outage.waitFor(messageId, clock.getAsLong()));
            }
            return Pass.ENDED;
        }

        private void awaitPlace() {
            long now = clock.getAsLong();
            long place = now + (ended.getAsBoolean() ? 0 : pace.take(perSecond, now));
            for (long left = place - now; left > 0 && !ended.getAsBoolean(); left = place - clock.getAsLong()) {
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
