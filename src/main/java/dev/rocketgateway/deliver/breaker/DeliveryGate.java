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
 * Lets the webhooks of one subscription out, one by one at its rate, or holds all of them back while there is an
 * {@link CircuitBreaker}. Nothing is sent then and no attempt spent: a message waits here until the gate opens or its reception ends.
 *
 * <p>Thread-safe. {@link #pass} blocks delivery threads; everything else returns at once.
 */
public final class DeliveryGate {

    /** How a message may go on. */
    public enum Pass {
        /** Send it. */
        GO,
        /** Send it; whether the others follow depends on what comes of it. */
        PROBE,
        /** Leave it: its reception ends. */
        ENDED
    }

    /** Told when the gate closes and opens, on whatever thread did it, with no lock held. */
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

    /** Holds from now on; what is closed stays closed. */
    public void change(CircuitBreakerPolicy breaker, Optional<Double> rate) {
        changing(() -> {
            outage.change(breaker);
            perSecond = rate;
            return true;
        });
    }

    /**
     * Waits until a message may go out, whatever interrupts the thread.
     *
     * @param messageId of the message; of the first of several
     * @param ended whether its reception ends; looked at again after {@link #wake}
     */
    public Pass pass(String messageId, BooleanSupplier ended) {
        return new Visit(messageId, ended).pass();
    }

    /** Whether a message would pass without waiting: there is no outage, and no rate to keep. */
    public boolean passesAtOnce() {
        return locked(() -> outage.isOpen() && perSecond.isEmpty());
    }

    /** Makes those who wait look whether their reception has ended. */
    public void wake() {
        changing(() -> true);
    }

    /** The endpoint did its part, whatever it said of the message. */
    public void succeeded(Pass pass) {
        boolean opens = locked(() -> outage.succeeded(pass == Pass.PROBE, clock.getAsLong()));
        if (opens) {
            wake();
            watcher.opened();
        }
    }

    /** The endpoint failed. Closes the gate when that happens too often, and again when a probe did. */
    public void failed(Pass pass, String messageId, String detail) {
        tell(locked(() -> pass == Pass.PROBE
                ? Optional.of(outage.probeFailed(messageId, detail, clock.getAsLong()))
                : outage.failed(detail, clock.getAsLong())));
    }

    /** How many messages failed as probes so often that others go first. */
    public int lettingOthersGoFirst() {
        return locked(outage::lettingOthersGoFirst);
    }

    /** Closes for a time the endpoint has named. */
    public void closeFor(Duration time, Hold why, Pass pass) {
        tell(locked(() -> outage.closeFor(time, why, pass == Pass.PROBE, clock.getAsLong())));
    }

    /** Closes because of something on our side; each time in a row for twice as long, up to the limit. */
    public void closeForOurs(Hold why, Duration first, Duration limit, Pass pass) {
        tell(locked(() -> outage.closeForOurs(why, first, limit, pass == Pass.PROBE, clock.getAsLong())));
    }

    /** A message that passed came to no result. */
    public void abandon(Pass pass) {
        if (pass == Pass.PROBE) {
            changing(() -> {
                outage.probeAbandoned();
                return true;
            });
        }
    }

    /** Opens and forgets every failure. */
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

    /** Why it is closed, if it is. */
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

    /** When the next probe may go; zero or less if now, or if it is open. */
    public Duration opensIn() {
        return locked(() -> outage.opensIn(clock.getAsLong()));
    }

    /** How many messages wait here, for the gate or for their turn at the rate. */
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
                    // It may have closed while this message waited for its turn.
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

        /** The client interrupts its threads when it closes; by then the reception has ended anyway. */
        private void await(long nanos) {
            try {
                changed.awaitNanos(nanos);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
