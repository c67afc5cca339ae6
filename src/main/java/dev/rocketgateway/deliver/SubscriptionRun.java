package dev.rocketgateway.deliver;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.subscription.Source;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.webhook.WebhookSender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * One subscription on this replica: starts it, keeps trying, and drains it.
 *
 * <p>{@link #step} and {@link #stop} take turns; both block.
 */
final class SubscriptionRun {

    private static final Logger LOG = Logger.getLogger(SubscriptionRun.class);

    private final Subscription subscription;
    private final MessageSource source;
    private final MessageSource.Handler handler;
    private final WebhookSender sender;
    private final DeliveryListener listener;
    private final AtomicBoolean stepping = new AtomicBoolean();
    private volatile DeliveryState state = new DeliveryState.Starting("not tried yet");
    private volatile boolean stopRequested;

    SubscriptionRun(
            Subscription subscription,
            MessageSource source,
            MessageSource.Handler handler,
            WebhookSender sender,
            DeliveryListener listener) {
        this.subscription = subscription;
        this.source = source;
        this.handler = handler;
        this.sender = sender;
        this.listener = listener;
    }

    Subscription subscription() {
        return subscription;
    }

    DeliveryState state() {
        return state;
    }

    /** Moves on by one: starts what is not running, refreshes what is. Does nothing while another step is under way. */
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
        if (state instanceof DeliveryState.Starting starting) {
            start(starting);
        } else if (state instanceof DeliveryState.Running running) {
            running.consumption().refresh();
        }
    }

    private void start(DeliveryState.Starting starting) {
        try {
            move(starting.started(source.start(settings(), handler)));
        } catch (SourceUnavailableException e) {
            LOG.debugf(e, "subscription not started subscription=%s", subscription.name());
            if (!starting.reason().equals(e.getMessage())) {
                move(starting.notYet(String.valueOf(e.getMessage())));
            }
        }
    }

    /** Ends the subscription; webhooks under way may finish until the limit. */
    void stop(Duration limit) {
        stopRequested = true;
        try {
            stopNow(limit);
        } finally {
            sender.close();
        }
    }

    private synchronized void stopNow(Duration limit) {
        if (state instanceof DeliveryState.Starting starting) {
            move(starting.stopped());
        } else if (state instanceof DeliveryState.Running running) {
            var draining = running.draining();
            move(draining);
            if (!draining.consumption().drain(limit)) {
                LOG.warnf(
                        "webhooks were still under way at the end of the drain, their messages come again subscription=%s",
                        subscription.name());
            }
            move(draining.stopped());
        }
    }

    private void move(DeliveryState next) {
        var before = state;
        state = next;
        listener.stateChanged(subscription.name(), before, next);
    }

    private MessageSource.Settings settings() {
        var from = subscription.source();
        return new MessageSource.Settings(
                from.consumerGroup(),
                from.topic(),
                new MessageSource.Filter(
                        from.filter().type() == Source.Filter.Type.SQL92,
                        from.filter().expression()),
                switch (from.startFrom().position()) {
                    case LATEST -> new MessageSource.Start.Latest();
                    case EARLIEST -> new MessageSource.Start.Earliest();
                    case TIMESTAMP ->
                        new MessageSource.Start.At(from.startFrom().timestamp().orElseThrow());
                },
                subscription.delivery().maxInFlight(),
                subscription.retry().maxAttempts());
    }
}
