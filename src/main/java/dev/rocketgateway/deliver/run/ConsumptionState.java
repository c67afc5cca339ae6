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
 * Holds the state of one subscription on this replica, and follows the gate of the subscription while the subscription receives. Thread-safe; the gate reports its
 * changes on delivery threads, and no method waits.
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

    /** Whether this consumption started with a probe and none has succeeded yet. */
    boolean isProbing() {
        return probing;
    }

    /**
     * Prepares for a consumption. Call it before the start, because the first webhook may end before the starting thread continues.
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

    /** Records that a consumption has started. The gate may have changed before this state existed. */
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

    /** Follows the current gate, because a reported change may be older than one that another thread has already reported. */
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
        return Objects.requireNonNull(gate, "no gate is set yet").hold();
    }
}
