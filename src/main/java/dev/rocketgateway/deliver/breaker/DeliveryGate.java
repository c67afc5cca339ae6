package dev.rocketgateway.deliver.breaker;

import dev.rocketgateway.subscription.CircuitBreakerPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Controls when webhooks of one subscription are sent: at its rate, and only as probes while its {@link CircuitBreaker} is open. In
 * that time the gate holds messages: a message waits until the gate releases it or consumption stops, and no attempt is counted.
 *
 * <p>Thread-safe. {@link #pass} blocks the calling thread, which must be one that may block; all other methods return immediately.
 */
public final class DeliveryGate {

    /** The decision of the gate about a message. */
    public enum Pass {
        /** Send the message. */
        GO,
        /** Send the message as a probe; its outcome decides whether other messages follow. */
        PROBE,
        /** Do not send the message, because consumption stops. */
        ENDED
    }

    /**
     * Is notified when the gate begins to hold messages and when it releases them. Called on the thread that caused the change,
     * which holds no lock of the gate.
     */
    public interface Watcher {

        void held(Hold hold, Duration time);

        void released();
    }

    private final LongSupplier clock;
    private final Watcher watcher;
    private final WaitingMessages messages;

    /**
     * @param clock the current time in nanoseconds, {@link System#nanoTime} outside of tests
     */
    public DeliveryGate(
            CircuitBreakerPolicy settings, Optional<Double> perSecond, Watcher watcher, LongSupplier clock) {
        this.watcher = watcher;
        this.clock = clock;
        this.messages = new WaitingMessages(new CircuitBreaker(settings), perSecond, clock);
    }

    /** Changes the settings. A gate that holds messages continues to hold them. */
    public void change(CircuitBreakerPolicy policy, Optional<Double> rate) {
        messages.change(policy, rate);
    }

    /**
     * Waits until a message may be sent, even if the thread is interrupted.
     *
     * @param messageId id of the message, or of the first of several messages
     * @param ended whether consumption stops; checked again after {@link #wake}
     */
    public Pass pass(String messageId, BooleanSupplier ended) {
        return messages.pass(messageId, ended);
    }

    /** Whether a message can pass without waiting: there is no hold and no rate. */
    public boolean passesAtOnce() {
        return messages.passAtOnce();
    }

    /** Wakes waiting messages, so that they check whether consumption stops. */
    public void wake() {
        messages.wake();
    }

    /** Records that the endpoint works, even if it refused the message. */
    public void succeeded(Pass pass) {
        boolean releases = messages.locked(breaker -> breaker.succeeded(pass == Pass.PROBE, clock.getAsLong()));
        if (releases) {
            wake();
            watcher.released();
        }
    }

    /** Records that the endpoint failed. Holds messages after too many failures, and for longer after a failed probe. */
    public void failed(Pass pass, String messageId, String detail) {
        reportHold(messages.locked(breaker -> pass == Pass.PROBE
                ? Optional.of(breaker.probeFailed(messageId, detail, clock.getAsLong()))
                : breaker.failed(detail, clock.getAsLong())));
    }

    /** Number of messages that have failed as probes so often that other messages go first. */
    public int lettingOthersGoFirst() {
        return messages.locked(CircuitBreaker::lettingOthersGoFirst);
    }

    /** Holds messages for the given time, such as that of {@code Retry-After}. */
    public void holdFor(Duration time, Hold why, Pass pass) {
        reportHold(messages.locked(breaker -> breaker.holdFor(time, why, pass == Pass.PROBE, clock.getAsLong())));
    }

    /** Holds messages because of a fault of the gateway itself; the time doubles with each consecutive fault, up to the limit. */
    public void holdForOwnFault(Hold why, Duration first, Duration limit, Pass pass) {
        reportHold(messages.locked(
                breaker -> breaker.holdForOwnFault(why, first, limit, pass == Pass.PROBE, clock.getAsLong())));
    }

    /** Records that there is no result for a message that passed the gate. */
    public void abandon(Pass pass) {
        messages.abandon(pass);
    }

    /** Releases messages, and forgets all failures. */
    public void reset() {
        boolean releases = messages.changing(breaker -> {
            boolean held = !breaker.isClosed();
            breaker.close();
            return held;
        });
        if (releases) {
            watcher.released();
        }
    }

    /** The reason why messages are held; empty if no messages are held. */
    public Optional<Hold> hold() {
        return messages.locked(CircuitBreaker::hold);
    }

    /** Time since the gate began to hold messages; a probe does not interrupt it. Zero if messages are not held. */
    Duration heldFor() {
        return messages.locked(breaker -> breaker.openFor(clock.getAsLong()));
    }

    /** Time from the beginning of the hold to the last failure of the endpoint; zero if messages are not held. */
    Duration failingFor() {
        return messages.locked(CircuitBreaker::failingFor);
    }

    /** Time until the next probe; zero or less if a probe may be sent now, or if messages are not held. */
    public Duration nextProbeIn() {
        return messages.locked(breaker -> breaker.nextProbeIn(clock.getAsLong()));
    }

    /** Number of messages that wait for the gate or for the rate. */
    public int waiting() {
        return messages.count();
    }

    private void reportHold(Optional<CircuitBreaker.Opened> opened) {
        opened.ifPresent(now -> {
            wake();
            watcher.held(now.hold(), now.time());
        });
    }
}
