package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Deliveries in the log: one line when an endpoint begins to fail and one when it recovers, not one per attempt. */
@ApplicationScoped
class DeliveryLog implements DeliveryListener {

    private static final Logger LOG = Logger.getLogger("dev.rocketgateway.deliver");

    private final Set<String> failing = ConcurrentHashMap.newKeySet();

    @Override
    public void attemptEnded(String subscription, ReceivedMessage message, WebhookOutcome outcome, Duration took) {
        boolean acknowledged = DeliveryVerdict.of(outcome) == DeliveryVerdict.ACK;
        if (LOG.isDebugEnabled()) {
            LOG.debugf(
                    "webhook ended topic=%s messageId=%s subscription=%s attempt=%d status=%s took=%dms",
                    message.topic(), message.id(), subscription, message.attempt(), status(outcome), took.toMillis());
        }
        if (acknowledged && failing.remove(subscription)) {
            LOG.infof("endpoint recovered subscription=%s status=%s", subscription, status(outcome));
        } else if (!acknowledged && !aborted(outcome) && failing.add(subscription)) {
            LOG.warnf(
                    "endpoint failing, messages are retried topic=%s messageId=%s subscription=%s attempt=%d status=%s",
                    message.topic(), message.id(), subscription, message.attempt(), status(outcome));
        }
    }

    @Override
    public void deadLettered(String subscription, ReceivedMessage message, WebhookOutcome last) {
        LOG.warnf(
                "message dead-lettered topic=%s messageId=%s subscription=%s attempt=%d status=%s",
                message.topic(), message.id(), subscription, message.attempt(), status(last));
    }

    @Override
    public void stateChanged(String subscription, DeliveryState before, DeliveryState after) {
        if (after instanceof DeliveryState.Starting starting) {
            LOG.warnf("subscription cannot start yet subscription=%s reason=%s", subscription, starting.reason());
        } else {
            LOG.infof("subscription changed state subscription=%s state=%s", subscription, after.label());
        }
    }

    private static boolean aborted(WebhookOutcome outcome) {
        return outcome instanceof WebhookOutcome.Failed failed && failed.failure() == WebhookOutcome.Failure.ABORTED;
    }

    private static String status(WebhookOutcome outcome) {
        return outcome instanceof WebhookOutcome.Answered answer ? String.valueOf(answer.status()) : outcome.label();
    }
}
