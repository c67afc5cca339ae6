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
 * The state of one subscription on this replica, which follows its gate while it receives. Thread-safe; the gate tells it of its
 * changes on delivery threads, and nothing here waits.
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
     * @param released is given the reception when its webhooks may all go out; must not wait
     */
    ConsumptionState(String subscription, DeliveryListener listener, Consumer<MessageSource.Consumption> released) {
        this.subscription = subscription;
        this.listener = listener;
        this.released = released;
    }

    /** Which gate it follows; once, before anything else. */
    void follow(DeliveryGate watched) {
        gate = watched;
    }

    DeliveryState now() {
        return state;
    }

    /** Whether this reception began with a probe, and none has succeeded so far. */
    boolean isProbing() {
        return probing;
    }

    /** A reception is about to begin. Before it does: its first webhook may be back before the thread that began it. */
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

    /** A reception has begun. The gate may have moved before there was a state to move. */
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
    public void closed(Hold hold, Duration time) {
        listener.held(subscription, hold, time);
        settle();
    }

    @Override
    public void opened() {
        probing = false;
        listener.released(subscription);
        settle();
    }

    /** By what the gate is now: what was told may be older than what another thread has told already. */
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
