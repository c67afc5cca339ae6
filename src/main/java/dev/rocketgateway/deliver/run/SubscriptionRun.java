package dev.rocketgateway.deliver.run;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.deliver.breaker.DeliveryGate;
import dev.rocketgateway.deliver.breaker.Hold;
import dev.rocketgateway.deliver.breaker.HoldRules;
import dev.rocketgateway.deliver.event.DeliveryState;
import dev.rocketgateway.deliver.event.DeliveryState.Idle;
import dev.rocketgateway.deliver.event.DeliveryState.Receiving;
import dev.rocketgateway.subscription.Subscription;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Runs one subscription on this replica: starts it (and retries failed starts), parks it (stops the consumer until the next probe),
 * drains it (stops the consumer after the webhooks in flight), and applies its changes.
 *
 * <p>{@link #step}, {@link #takeOver}, {@link #seek} and {@link #stop} block and exclude each other; {@link #want} and the methods
 * that report the state return immediately.
 */
public final class SubscriptionRun {

    private static final Logger LOG = Logger.getLogger(SubscriptionRun.class);

    private final DeliveryServices deliveries;
    private final SubscriptionConsumption consumption;
    private final DeliveryGate gate;
    private final ConsumptionState state;
    private final AtomicBoolean stepping = new AtomicBoolean();

    private volatile Subscription wanted;
    private volatile boolean stopRequested;

    SubscriptionRun(Subscription subscription, DeliveryServices deliveries) {
        this.deliveries = deliveries;
        this.wanted = subscription;
        this.consumption = new SubscriptionConsumption(subscription, deliveries);
        this.gate = consumption.gate();
        this.state = consumption.state();
    }

    /** The subscription with its current settings. */
    public Subscription subscription() {
        return consumption.subscription();
    }

    public DeliveryState state() {
        return state.now();
    }

    public DeliveryGate gate() {
        return gate;
    }

    /** The delays that the broker supports for redeliveries; the default delays until the broker has reported them. */
    public DelayLevels levels() {
        return consumption.levels();
    }

    /** Sets the settings that the next step applies. */
    void want(Subscription next) {
        wanted = next;
    }

    /**
     * Applies a pause or a resumption now. A resumption also ends a hold, so that webhooks are sent immediately.
     *
     * @param next the subscription after the change
     */
    synchronized void takeOver(Subscription next, boolean resumed) {
        if (next.generation() >= wanted.generation()) {
            wanted = next;
        }
        if (resumed) {
            gate.reset();
        }
        advance();
    }

    /** Makes one step towards the wanted subscription. Does nothing while another step is running. */
    void step() {
        if (!stopRequested && stepping.compareAndSet(false, true)) {
            try {
                advance();
            } finally {
                stepping.set(false);
            }
        }
    }

    private synchronized void advance() {
        if (stopRequested) {
            return;
        }
        var next = wanted;
        if (!next.equals(subscription())) {
            consumption.change(next);
        }
        var current = subscription();
        var now = state.now();
        boolean paused = current.state() == Subscription.State.PAUSED;
        if (now instanceof Receiving receiving) {
            if (paused) {
                state.move(consumption
                        .drain(receiving)
                        .paused(current.stateReason().orElse("")));
            } else {
                whyToPark(current)
                        .ifPresentOrElse(
                                hold -> state.move(consumption.drain(receiving).parked(hold)),
                                () -> receiving.consumption().refresh());
            }
        } else if (now instanceof Idle idle) {
            if (paused) {
                pause(idle);
            } else if (now instanceof DeliveryState.Paused) {
                gate.reset();
                var resumed = idle.starting("resumed");
                state.move(resumed);
                consumption.start(resumed);
            } else if (!(now instanceof DeliveryState.Parked)
                    || gate.nextProbeIn().compareTo(Duration.ZERO) <= 0) {
                consumption.start(idle);
            }
        }
        if (HoldRules.failsForTooLong(gate, current.circuitBreaker())) {
            deliveries.pause(current.name(), Hold.ENDPOINT_FAILING);
        }
    }

    /**
     * The reason to park. An ordered subscription never parks: it holds one message of a queue at most, and the broker would count
     * an attempt for each message that it gives back.
     */
    private Optional<Hold> whyToPark(Subscription current) {
        return current.isOrdered()
                ? Optional.empty()
                : HoldRules.whyToPark(gate, current.circuitBreaker(), state.isProbing());
    }

    private void pause(Idle idle) {
        var why = subscription().stateReason().orElse("");
        if (!(idle instanceof DeliveryState.Paused paused) || !paused.reason().equals(why)) {
            state.move(idle.paused(why));
        }
    }

    /**
     * Stops consumption, moves the group to a position, and continues from there.
     *
     * @throws SourceUnavailableException if the group has other members, or the broker does not answer
     */
    public synchronized void seek(Start position) {
        var source = subscription().source();
        // Checked before anything is stopped: other members would overwrite the position, and on a broker that is away
        // the group would not move.
        deliveries.expectNoOthers(source.consumerGroup());
        deliveries.groups().expectEveryBroker(source.topic());
        if (state.now() instanceof Receiving receiving) {
            state.move(consumption.drain(receiving).starting("moved"));
        }
        deliveries.expectNobody(source.consumerGroup());
        deliveries
                .groups()
                .seek(source.consumerGroup(), source.topic(), ConsumptionSettings.mode(subscription()), position);
        LOG.infof(
                "subscription moved subscription=%s position=%s", subscription().name(), name(position));
        if (!stopRequested) {
            advance();
        }
    }

    private static String name(Start position) {
        if (position instanceof Start.At at) {
            return at.time().toString();
        }
        return position instanceof Start.Latest ? "LATEST" : "EARLIEST";
    }

    /** Ends the run of the subscription; webhooks in flight may finish within the time limit. */
    void stop(Duration limit) {
        stopRequested = true;
        stopNow(limit);
    }

    private synchronized void stopNow(Duration limit) {
        if (state.now() instanceof Receiving receiving) {
            state.move(consumption.drain(receiving, limit).stopped());
        } else if (state.now() instanceof Idle idle) {
            state.move(idle.stopped());
        }
        consumption.close();
    }
}
