package dev.rocketgateway.deliver;

import dev.rocketgateway.deliver.DeliveryState.Idle;
import dev.rocketgateway.deliver.DeliveryState.Receiving;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.subscription.Subscription;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * One subscription on this replica: starts it, keeps trying, holds, parks and drains it, and follows its changes.
 *
 * <p>{@link #step}, {@link #seek} and {@link #stop} take turns and block; {@link #want} and what tells of the state return at once.
 */
final class SubscriptionRun {

    private static final Logger LOG = Logger.getLogger(SubscriptionRun.class);

    private final Deliveries deliveries;
    private final Deliverer deliverer;
    private final Gate gate;
    private final AtomicBoolean stepping = new AtomicBoolean();
    private final Object moving = new Object();

    private volatile Subscription wanted;
    private volatile Subscription current;
    private volatile DeliveryState state = new DeliveryState.Starting("not tried yet");
    private volatile boolean stopRequested;
    private volatile DelayLevels levels = DelayLevels.DEFAULT;
    private boolean filterChanged;

    /** Whether this reception began with a probe, and none has succeeded so far. */
    private volatile boolean probing;

    SubscriptionRun(Subscription subscription, Deliveries deliveries) {
        this.deliveries = deliveries;
        this.wanted = subscription;
        this.current = subscription;
        this.deliverer = new Deliverer(subscription, deliveries, new GateChanges());
        this.gate = deliverer.gate();
    }

    /** The subscription as it runs now. */
    Subscription subscription() {
        return current;
    }

    DeliveryState state() {
        return state;
    }

    Gate gate() {
        return gate;
    }

    /** The delays redeliveries have, as far as the broker has told. */
    DelayLevels levels() {
        return levels;
    }

    /** What the subscription should be from the next step on. */
    void want(Subscription next) {
        wanted = next;
    }

    /** Moves on by one. Does nothing while another step is under way. */
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
        var now = state;
        boolean paused = current.state() == Subscription.State.PAUSED;
        if (now instanceof Receiving receiving) {
            if (paused) {
                move(drained(receiving, drainLimit())
                        .paused(current.stateReason().orElse("")));
            } else {
                HoldRules.whyToPark(gate, current.circuitBreaker(), probing)
                        .ifPresentOrElse(
                                hold -> move(drained(receiving, drainLimit()).parked(hold)),
                                () -> receiving.consumption().refresh());
            }
        } else if (now instanceof Idle idle) {
            if (paused) {
                pause(idle);
            } else if (now instanceof DeliveryState.Paused) {
                gate.reset();
                start(idle);
            } else if (!(now instanceof DeliveryState.Parked) || gate.opensIn().compareTo(Duration.ZERO) <= 0) {
                start(idle);
            }
        }
        if (HoldRules.failsForTooLong(gate, current.circuitBreaker())) {
            deliveries.pause(current.name(), Hold.ENDPOINT_FAILING);
        }
    }

    /** Takes over what has changed; only another way to consume needs another consumer. */
    private void follow() {
        var next = wanted;
        var before = current;
        if (next.equals(before)) {
            return;
        }
        if (!next.consumesLike(before)) {
            filterChanged |= !next.source().filter().equals(before.source().filter());
            if (state instanceof Receiving receiving) {
                move(drained(receiving, drainLimit()).starting("changed"));
            }
        }
        deliverer.change(next);
        current = next;
        if (HoldRules.isOver(gate, before, next)) {
            gate.reset();
        }
        if (state instanceof DeliveryState.Running running) {
            running.consumption().adjust(inFlight(), ReceptionSettings.brokerAttempts(next));
        }
    }

    private void pause(Idle idle) {
        var why = current.stateReason().orElse("");
        if (!(idle instanceof DeliveryState.Paused paused) || !paused.reason().equals(why)) {
            move(idle.paused(why));
        }
    }

    private void start(Idle idle) {
        boolean afterAPark = gate.hold().isPresent();
        var next = deliverer.begin();
        // Before the start: its first webhook may be back before this thread is.
        probing = afterAPark;
        try {
            var consumption = deliveries
                    .source()
                    .start(ReceptionSettings.of(current, afterAPark ? 1 : inFlight(), filterChanged), next);
            filterChanged = false;
            levels = consumption.delayLevels();
            next.use(levels);
            started(idle.started(consumption));
        } catch (SourceUnavailableException e) {
            LOG.debugf(e, "subscription not started subscription=%s", current.name());
            var why = String.valueOf(e.getMessage());
            if (!idle.why().equals(Optional.of(why))) {
                move(e.isRefused() ? idle.failed(why) : idle.starting(why));
            }
        }
    }

    /** The gate may have moved before there was a state to move. */
    private void started(DeliveryState.Running running) {
        synchronized (moving) {
            var hold = gate.hold();
            move(hold.<DeliveryState>map(running::holding).orElse(running));
            if (hold.isEmpty()) {
                running.consumption().adjust(inFlight(), ReceptionSettings.brokerAttempts(current));
            }
        }
    }

    /**
     * Moves the group while nobody receives for it, and goes on from there.
     *
     * @throws SourceUnavailableException if others still receive for it, or the broker does not answer
     */
    synchronized void seek(Start position) {
        // Before anything is stopped: others would write their own positions over this one.
        deliveries.expectNoOthers(current.source().consumerGroup());
        if (state instanceof Receiving receiving) {
            move(drained(receiving, drainLimit()).starting("moved"));
        }
        deliveries.expectNobody(current.source().consumerGroup());
        deliveries
                .groups()
                .seek(current.source().consumerGroup(), current.source().topic(), position);
        LOG.infof("subscription moved subscription=%s position=%s", current.name(), position);
        if (!stopRequested) {
            advance();
        }
    }

    /** Ends the subscription; webhooks under way may finish until the limit. */
    void stop(Duration limit) {
        stopRequested = true;
        stopNow(limit);
    }

    private synchronized void stopNow(Duration limit) {
        if (state instanceof Receiving receiving) {
            move(drained(receiving, limit).stopped());
        } else if (state instanceof Idle idle) {
            move(idle.stopped());
        }
        deliverer.close();
    }

    private Duration drainLimit() {
        return current.endpoint().timeout();
    }

    private DeliveryState.Draining drained(Receiving receiving, Duration limit) {
        var draining = receiving.draining();
        move(draining);
        deliverer.end();
        if (!drain(receiving, limit)) {
            LOG.warnf(
                    "webhooks were still under way at the end of the drain, their messages come again subscription=%s",
                    current.name());
        }
        return draining;
    }

    /** Whatever goes wrong at the end of a consumer, the subscription must be able to begin anew. */
    private boolean drain(Receiving receiving, Duration limit) {
        try {
            return receiving.consumption().drain(limit);
        } catch (RuntimeException e) {
            LOG.errorf(e, "the consumer did not end as it should subscription=%s", current.name());
            return false;
        }
    }

    private int inFlight() {
        return ReceptionSettings.inFlight(current);
    }

    private void move(DeliveryState next) {
        synchronized (moving) {
            var before = state;
            state = next;
            deliveries.listener().stateChanged(current.name(), before, next);
        }
    }

    /** Called on delivery threads, so it waits for no step. */
    private final class GateChanges implements Gate.Watcher {

        @Override
        public void closed(Hold hold, Duration time) {
            deliveries.listener().held(current.name(), hold, time);
            settle();
        }

        @Override
        public void opened() {
            probing = false;
            deliveries.listener().released(current.name());
            settle();
        }

        /** By what the gate is now: what was told may be older than what another thread has told already. */
        private void settle() {
            synchronized (moving) {
                var hold = gate.hold();
                if (state instanceof DeliveryState.Running running && hold.isPresent()) {
                    move(running.holding(hold.get()));
                } else if (state instanceof DeliveryState.Holding holding && hold.isEmpty()) {
                    move(holding.released());
                    holding.consumption().adjust(inFlight(), ReceptionSettings.brokerAttempts(current));
                } else if (state instanceof DeliveryState.Holding holding
                        && !hold.equals(Optional.of(holding.hold()))) {
                    move(holding.released().holding(hold.get()));
                }
            }
        }
    }
}
