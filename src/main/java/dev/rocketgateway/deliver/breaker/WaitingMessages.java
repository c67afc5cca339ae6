package dev.rocketgateway.deliver.breaker;

import dev.rocketgateway.deliver.breaker.DeliveryGate.Pass;
import dev.rocketgateway.subscription.CircuitBreakerPolicy;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Lets each message wait until the circuit breaker and the rate allow its webhook. Owns the lock that guards the breaker, so that a
 * change of the breaker can wake the waiting messages.
 *
 * <p>Thread-safe. {@link #pass} blocks the calling thread, which must be one that may block; all other methods return immediately.
 */
final class WaitingMessages {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final LongSupplier clock;
    private final CircuitBreaker breaker;
    private final RateSpacer spacer = new RateSpacer();
    private Optional<Double> perSecond;
    private int waiting;

    /**
     * @param breaker the circuit breaker; from now on, it is used only while the lock of this object is held
     * @param clock {@link System#nanoTime}
     */
    WaitingMessages(CircuitBreaker breaker, Optional<Double> perSecond, LongSupplier clock) {
        this.breaker = breaker;
        this.perSecond = perSecond;
        this.clock = clock;
    }

    /** Changes the settings and wakes the waiting messages. */
    void change(CircuitBreakerPolicy policy, Optional<Double> rate) {
        changing(own -> {
            own.change(policy);
            perSecond = rate;
            return true;
        });
    }

    /** Wakes the waiting messages, so that they check again whether they may be sent. */
    void wake() {
        changing(own -> true);
    }

    /** Whether the breaker is closed and there is no rate. */
    boolean passAtOnce() {
        return locked(own -> own.isClosed() && perSecond.isEmpty());
    }

    /** Number of messages that wait. */
    int count() {
        return locked(own -> waiting);
    }

    /** Reads or changes the breaker while holding the lock. */
    <T> T locked(Function<CircuitBreaker, T> step) {
        lock.lock();
        try {
            return step.apply(breaker);
        } finally {
            lock.unlock();
        }
    }

    /** Changes the breaker while holding the lock, and wakes the waiting messages. */
    <T> T changing(Function<CircuitBreaker, T> step) {
        return locked(own -> {
            var result = step.apply(own);
            changed.signalAll();
            return result;
        });
    }

    /** Implements {@link DeliveryGate#pass}. */
    Pass pass(String messageId, BooleanSupplier ended) {
        return new Visit(messageId, ended).pass();
    }

    /** Implements {@link DeliveryGate#abandon}. */
    void abandon(Pass pass) {
        if (pass == Pass.PROBE) {
            changing(own -> {
                own.probeAbandoned();
                return true;
            });
        }
    }

    /** One message that waits. */
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

        /**
         * Waits for a change of the breaker, or for the time. Ignores interrupts: the client interrupts its threads when it closes,
         * and consumption has stopped by then.
         */
        private void await(long nanos) {
            try {
                changed.awaitNanos(nanos);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
