package dev.rocketgateway.deliver.run;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource;
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
 * Runs one subscription on this replica: starts and retries it, holds, parks and drains it, and applies its changes.
 *
 * <p>{@link #step}, {@link #seek} and {@link #stop} take turns and block; {@link #want} and the methods that report the state
 * return at once.
 */
public final class SubscriptionRun {

    private static final Logger LOG = Logger.getLogger(SubscriptionRun.class);

    private final DeliveryServices deliveries;
    private final SubscriptionDelivery deliverer;
    private final DeliveryGate gate;
    private final ConsumptionState state;
    private final AtomicBoolean stepping = new AtomicBoolean();

    private volatile Subscription wanted;
    private volatile Subscription current;
    private volatile boolean stopRequested;
    private volatile DelayLevels levels = DelayLevels.DEFAULT;
    private boolean filterChanged;

    SubscriptionRun(Subscription subscription, DeliveryServices deliveries) {
        this.deliveries = deliveries;
        this.wanted = subscription;
        this.current = subscription;
        this.state = new ConsumptionState(subscription.name(), deliveries.listener(), this::useAllThreads);
        this.deliverer = new SubscriptionDelivery(subscription, deliveries, state);
        this.gate = deliverer.gate();
        state.follow(gate);
    }

    /** The subscription with its current settings. */
    public Subscription subscription() {
        return current;
    }

    public DeliveryState state() {
        return state.now();
    }

    public DeliveryGate gate() {
        return gate;
    }

    /** The delays of redeliveries, as far as the broker has reported them. */
    public DelayLevels levels() {
        return levels;
    }

    /** Sets the wanted subscription from the next step on. */
    void want(Subscription next) {
        wanted = next;
    }

    /**
     * Applies a pause or a resumption now. A resumption also ends a hold, so that the endpoint is tried at once.
     *
     * @param next the subscription from now on
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
        follow();
        var now = state.now();
        boolean paused = current.state() == Subscription.State.PAUSED;
        if (now instanceof Receiving receiving) {
            if (paused) {
                state.move(drained(receiving, drainLimit())
                        .paused(current.stateReason().orElse("")));
            } else {
                HoldRules.whyToPark(gate, current.circuitBreaker(), state.isProbing())
                        .ifPresentOrElse(
                                hold -> state.move(
                                        drained(receiving, drainLimit()).parked(hold)),
                                () -> receiving.consumption().refresh());
            }
        } else if (now instanceof Idle idle) {
            if (paused) {
                pause(idle);
            } else if (now instanceof DeliveryState.Paused) {
                gate.reset();
                var resumed = idle.starting("resumed");
                state.move(resumed);
                start(resumed);
            } else if (!(now instanceof DeliveryState.Parked)
                    || gate.nextProbeIn().compareTo(Duration.ZERO) <= 0) {
                start(idle);
            }
        }
        if (HoldRules.failsForTooLong(gate, current.circuitBreaker())) {
            deliveries.pause(current.name(), Hold.ENDPOINT_FAILING);
        }
    }

    /** Applies changes. A new consumer is needed only if the consumption settings change. */
    private void follow() {
        var next = wanted;
        var before = current;
        if (next.equals(before)) {
            return;
        }
        if (!next.consumesLike(before)) {
            filterChanged |= !next.source().filter().equals(before.source().filter());
            if (state.now() instanceof Receiving receiving) {
                state.move(drained(receiving, drainLimit()).starting("changed"));
            }
        }
        deliverer.change(next);
        current = next;
        if (HoldRules.isOver(gate, before, next)) {
            gate.reset();
        }
        if (state.now() instanceof DeliveryState.Running running) {
            useAllThreads(running.consumption());
        }
    }

    private void pause(Idle idle) {
        var why = current.stateReason().orElse("");
        if (!(idle instanceof DeliveryState.Paused paused) || !paused.reason().equals(why)) {
            state.move(idle.paused(why));
        }
    }

    private void start(Idle idle) {
        boolean afterAPark = gate.hold().isPresent();
        int webhooks = afterAPark ? Math.min(inFlight(), 1 + gate.lettingOthersGoFirst()) : inFlight();
        var next = deliverer.begin(webhooks);
        state.begins(afterAPark);
        try {
            var consumption = deliveries
                    .source()
                    .start(ConsumptionSettings.of(current, webhooks, deliveries.clockTolerance(), filterChanged), next);
            filterChanged = false;
            levels = consumption.delayLevels();
            next.use(levels);
            state.began(idle.started(consumption));
        } catch (SourceUnavailableException e) {
            LOG.debugf(e, "subscription not started subscription=%s", current.name());
            var why = String.valueOf(e.getMessage());
            if (!idle.why().equals(Optional.of(why))) {
                state.move(e.isRefused() ? idle.failed(why) : idle.starting(why));
            }
        }
    }

    /**
     * Stops consumption, moves the group to a position, and continues from there.
     *
     * @throws SourceUnavailableException if the group has other members, or the broker does not answer
     */
    public synchronized void seek(Start position) {
        // Checked before anything is stopped: other members would overwrite the position, and on a broker that is away
        // the group
        // would not move.
        deliveries.expectNoOthers(current.source().consumerGroup());
        deliveries.groups().expectEveryBroker(current.source().topic());
        if (state.now() instanceof Receiving receiving) {
            state.move(drained(receiving, drainLimit()).starting("moved"));
        }
        deliveries.expectNobody(current.source().consumerGroup());
        deliveries
                .groups()
                .seek(current.source().consumerGroup(), current.source().topic(), position);
        LOG.infof("subscription moved subscription=%s position=%s", current.name(), name(position));
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

    /** Ends the subscription; webhooks in flight may finish until the limit. */
    void stop(Duration limit) {
        stopRequested = true;
        stopNow(limit);
    }

    private synchronized void stopNow(Duration limit) {
        if (state.now() instanceof Receiving receiving) {
            state.move(drained(receiving, limit).stopped());
        } else if (state.now() instanceof Idle idle) {
            state.move(idle.stopped());
        }
        deliverer.close();
    }

    private Duration drainLimit() {
        return current.endpoint().timeout();
    }

    private DeliveryState.Draining drained(Receiving receiving, Duration limit) {
        var draining = receiving.draining();
        state.move(draining);
        deliverer.end();
        if (!drain(receiving, limit)) {
            LOG.warnf(
                    "webhooks were still in flight at the end of the drain, their messages will be delivered again "
                            + "subscription=%s",
                    current.name());
        }
        return draining;
    }

    /** Catches every failure of the consumer's end, because the subscription must be able to start again. */
    private boolean drain(Receiving receiving, Duration limit) {
        try {
            return receiving.consumption().drain(limit);
        } catch (RuntimeException e) {
            LOG.errorf(e, "the consumer failed to stop subscription=%s", current.name());
            return false;
        }
    }

    private void useAllThreads(MessageSource.Consumption consumption) {
        deliverer.allow(inFlight());
        consumption.adjust(ConsumptionSettings.limits(current));
    }

    private int inFlight() {
        return ConsumptionSettings.inFlight(current);
    }
}
