package dev.rocketgateway.deliver.run;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.breaker.DeliveryGate;
import dev.rocketgateway.deliver.breaker.HoldRules;
import dev.rocketgateway.deliver.event.DeliveryState;
import dev.rocketgateway.deliver.event.DeliveryState.Idle;
import dev.rocketgateway.deliver.event.DeliveryState.Receiving;
import dev.rocketgateway.subscription.Subscription;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Starts, changes and drains the consumptions of one subscription, one after the other. One consumption lasts from a start of the
 * consumer to its stop.
 *
 * <p>{@link #start}, {@link #change}, {@link #drain} and {@link #close} block and are called by one thread at a time; the other
 * methods return immediately.
 */
final class SubscriptionConsumption {

    private static final Logger LOG = Logger.getLogger(SubscriptionConsumption.class);

    private final DeliveryServices deliveries;
    private final SubscriptionDelivery deliverer;
    private final DeliveryGate gate;
    private final ConsumptionState state;

    private volatile Subscription current;
    private volatile DelayLevels levels = DelayLevels.DEFAULT;
    private boolean filterChanged;

    SubscriptionConsumption(Subscription subscription, DeliveryServices deliveries) {
        this.deliveries = deliveries;
        this.current = subscription;
        this.state = new ConsumptionState(subscription.name(), deliveries.listener(), this::useAllThreads);
        this.deliverer = new SubscriptionDelivery(subscription, deliveries, state);
        this.gate = deliverer.gate();
        state.follow(gate);
    }

    /** The subscription with its current settings. */
    Subscription subscription() {
        return current;
    }

    ConsumptionState state() {
        return state;
    }

    DeliveryGate gate() {
        return gate;
    }

    /** The delays that the broker supports for redeliveries; the default delays until the broker has reported them. */
    DelayLevels levels() {
        return levels;
    }

    /**
     * Starts receiving. If messages are held, starts with one webhook at a time, plus one for each message that lets others go
     * first.
     */
    void start(Idle idle) {
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

    /** Applies new settings. Drains the consumption only if a new consumer is needed. */
    void change(Subscription next) {
        var before = current;
        if (!next.consumesLike(before)) {
            filterChanged |= !next.source().filter().equals(before.source().filter());
            if (state.now() instanceof Receiving receiving) {
                state.move(drain(receiving).starting("changed"));
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

    /** Stops receiving; webhooks in flight may finish within the timeout of the endpoint. */
    DeliveryState.Draining drain(Receiving receiving) {
        return drain(receiving, current.drainLimit());
    }

    /** Stops receiving; webhooks in flight may finish within the time limit. */
    DeliveryState.Draining drain(Receiving receiving, Duration limit) {
        var draining = receiving.draining();
        state.move(draining);
        deliverer.end();
        if (!drainConsumer(receiving, limit)) {
            LOG.warnf(
                    "webhooks were still in flight at the end of the drain, their messages will be delivered again "
                            + "subscription=%s",
                    current.name());
        }
        return draining;
    }

    /** Drains the consumer and catches every failure, because the subscription must be able to start again. */
    private boolean drainConsumer(Receiving receiving, Duration limit) {
        try {
            return receiving.consumption().drain(limit);
        } catch (RuntimeException e) {
            LOG.errorf(e, "the consumer failed to stop subscription=%s", current.name());
            return false;
        }
    }

    /** Closes the connections to the endpoint. */
    void close() {
        deliverer.close();
    }

    private void useAllThreads(MessageSource.Consumption consumption) {
        deliverer.allow(inFlight());
        consumption.adjust(ConsumptionSettings.limits(current));
    }

    private int inFlight() {
        return ConsumptionSettings.inFlight(current);
    }
}
