package dev.rocketgateway.deliver.run;

import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.breaker.DeliveryGate;
import dev.rocketgateway.deliver.breaker.Hold;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.DeliveryState;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds the state of one subscription on this replica. While the subscription receives, the state follows the {@link DeliveryGate}:
 * running, or holding messages. Thread-safe: the gate reports its changes on delivery threads. No method waits.
 */
final class ConsumptionState implements DeliveryGate.Watcher {

    private final String subscription;
    private final DeliveryListener listener;
    private final Consumer<MessageSource.Consumption> released;
    private final Object moving = new Object();
    private volatile DeliveryState state = new DeliveryState.Starting("not started yet");
    private volatile boolean probing;
    private @Nullable DeliveryGate gate;

    /**
     * @param released called with the consumption when all its webhooks may be sent; must not wait
     */
    ConsumptionState(String subscription, DeliveryListener listener, Consumer<MessageSource.Consumption> released) {
        this.subscription = subscription;
        this.listener = listener;
        this.released = released;
    }

    /** Sets the gate to follow. Call it once, before any other method. */
    void follow(DeliveryGate watched) {
        gate = watched;
    }

    DeliveryState now() {
        return state;
    }

    /** Whether this consumption (from a start of the consumer to its stop) started with a probe, and no probe has succeeded yet. */
    boolean isProbing() {
        return probing;
    }

    /**
     * Records that a consumption is about to start, with a probe or without. Call this method before the start, because the first
     * webhook may end before the starting thread continues.
     */
    void begins(boolean asProbe) {
        probing = asProbe;
    }

    void move(DeliveryState next) {
        synchronized (moving) {
            var before = state;
            state = next;
            listener.stateChanged(subscription, before, next);
        }
    }

    /** Records that a consumption has started. Reads the gate, because the gate may have changed during the start. */
    void began(DeliveryState.Running running) {
        synchronized (moving) {
            var hold = hold();
            move(hold.<DeliveryState>map(running::holding).orElse(running));
            if (hold.isEmpty()) {
                released.accept(running.consumption());
            }
        }
    }

    @Override
    public void held(Hold hold, Duration time) {
        listener.held(subscription, hold, time);
        settle();
    }

    @Override
    public void released() {
        probing = false;
        listener.released(subscription);
        settle();
    }

    /**
     * Adapts the state to the gate as it is now. A reported change may be older than a change that another thread has already
     * reported.
     */
    private void settle() {
        synchronized (moving) {
            var hold = hold();
            if (state instanceof DeliveryState.Running running && hold.isPresent()) {
                move(running.holding(hold.get()));
            } else if (state instanceof DeliveryState.Holding holding && hold.isEmpty()) {
                move(holding.released());
                released.accept(holding.consumption());
            } else if (state instanceof DeliveryState.Holding holding && !hold.equals(Optional.of(holding.hold()))) {
                move(holding.released().holding(hold.get()));
            }
        }
    }

    private Optional<Hold> hold() {
        return Objects.requireNonNull(gate, "the delivery gate of this subscription is not set yet")
                .hold();
    }
}
