package dev.rocketgateway.deliver.report;

import dev.rocketgateway.deliver.breaker.Hold;
import dev.rocketgateway.deliver.event.DeadLettering;
import dev.rocketgateway.deliver.event.DeliveryAttempt;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.DeliveryState;
import dev.rocketgateway.deliver.event.LeaseEnd;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.subscription.DeliveryVerdict;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Logs deliveries: one line when an endpoint starts to fail and one when it recovers, one when webhooks are held and one when they
 * are released. Attempts are logged at DEBUG only.
 */
@ApplicationScoped
public class DeliveryLog implements DeliveryListener {

    private static final Logger LOG = Logger.getLogger("dev.rocketgateway.deliver");

    /** Subscriptions whose endpoint fails. */
    private final Map<String, Boolean> failing = new ConcurrentHashMap<>();

    /** Why webhooks are held, by subscription. */
    private final Map<String, String> held = new ConcurrentHashMap<>();

    @Override
    public void attempted(DeliveryAttempt attempt) {
        var message = attempt.message();
        if (LOG.isDebugEnabled()) {
            LOG.debugf(
                    "delivery attempted topic=%s messageId=%s subscription=%s attempt=%d status=%s verdict=%s took=%dms",
                    LogText.value(message.topic()),
                    LogText.value(message.id()),
                    attempt.subscription(),
                    message.attempt(),
                    attempt.status(),
                    attempt.verdict(),
                    attempt.took().toMillis());
        }
        if (attempt.verdict() == DeliveryVerdict.ACK) {
            if (failing.remove(attempt.subscription()) != null) {
                LOG.infof("endpoint recovered subscription=%s status=%s", attempt.subscription(), attempt.status());
            }
        } else if (attempt.verdict() == DeliveryVerdict.RETRY
                && failing.putIfAbsent(attempt.subscription(), true) == null) {
            LOG.warnf(
                    "endpoint failing, messages are retried topic=%s messageId=%s subscription=%s attempt=%d status=%s %s",
                    LogText.value(message.topic()),
                    LogText.value(message.id()),
                    attempt.subscription(),
                    message.attempt(),
                    attempt.status(),
                    LogText.sentence(attempt.detail()));
        }
    }

    @Override
    public void leaseEnded(LeaseEnd end) {
        if (LOG.isDebugEnabled()) {
            LOG.debugf(
                    "lease ended topic=%s messageId=%s subscription=%s attempt=%d outcome=%s took=%dms",
                    LogText.value(end.topic()),
                    LogText.value(end.messageId()),
                    end.subscription(),
                    end.attempt(),
                    end.outcome().label(),
                    end.took().toMillis());
        }
    }

    @Override
    public void deadLettered(DeadLettering given) {
        LOG.warnf(
                "message dead-lettered topic=%s messageId=%s subscription=%s attempt=%d reason=%s %s",
                LogText.value(given.message().topic()),
                LogText.value(given.message().id()),
                given.subscription(),
                given.message().attempt(),
                given.reason(),
                LogText.sentence(given.detail()));
    }

    @Override
    public void held(String subscription, Hold hold, Duration time) {
        if (hold.reason().equals(held.put(subscription, hold.reason()))) {
            LOG.debugf(
                    "webhooks still held subscription=%s reason=%s nextProbeIn=%s",
                    subscription, hold.reason(), Durations.format(time));
        } else {
            LOG.warnf(
                    "webhooks held subscription=%s reason=%s nextProbeIn=%s %s",
                    subscription, hold.reason(), Durations.format(time), LogText.sentence(hold.detail()));
        }
    }

    @Override
    public void released(String subscription) {
        var reason = held.remove(subscription);
        if (reason != null) {
            LOG.infof("webhooks released subscription=%s reason=%s", subscription, reason);
        }
    }

    @Override
    public void stateChanged(String subscription, DeliveryState before, DeliveryState after) {
        // After a drain or a pause, a start is intended.
        boolean wanted = before instanceof DeliveryState.Draining || before instanceof DeliveryState.Paused;
        if (!wanted && (after instanceof DeliveryState.Failed || after instanceof DeliveryState.Starting)) {
            LOG.warnf(
                    "subscription cannot start yet subscription=%s state=%s reason=%s",
                    subscription, after.label(), LogText.sentence(after.why().orElse("")));
        } else {
            LOG.infof("subscription changed state subscription=%s state=%s", subscription, after.label());
        }
    }

    @Override
    public void removed(String subscription) {
        failing.remove(subscription);
        held.remove(subscription);
    }
}
