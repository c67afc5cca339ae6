package dev.rocketgateway.deliver.lease;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageForwarder;
import dev.rocketgateway.deliver.MessageLeases;
import dev.rocketgateway.deliver.MessageLeases.Leased;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.attempt.DeadLetterExit;
import dev.rocketgateway.deliver.attempt.RetryPlan;
import dev.rocketgateway.deliver.event.DeadLettering;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.DeliveryListeners;
import dev.rocketgateway.message.BoundedThreads;
import dev.rocketgateway.subscription.Subscription;
import io.quarkus.arc.All;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import org.jboss.logging.Logger;

/**
 * Gives up leased messages that no worker may receive, because their attempts are used up or their bodies cannot be read. The broker has
 * no limit for the attempts of leased messages, so the replica that takes such a message makes it a dead letter.
 *
 * <p>If this fails, or if the gateway stops first, the lease ends and the message comes again. Thread-safe; never blocks the caller.
 */
@Singleton
class UndeliverableMessages {

    private static final Logger LOG = Logger.getLogger(UndeliverableMessages.class);

    /** Less than the shortest lease (10 s). If a message waits longer for a thread, it comes again, and would become two dead letters. */
    private static final Duration START_LIMIT = Duration.ofSeconds(8);

    private static final int THREADS = 4;
    private static final int QUEUE = 1_000;

    private final MessageLeases leases;
    private final DeadLetterExit exit;
    private final ThreadPoolExecutor threads = BoundedThreads.create("gateway-lease-exit", THREADS, QUEUE);

    UndeliverableMessages(MessageLeases leases, MessageForwarder forwarder, @All List<DeliveryListener> listeners) {
        this.leases = leases;
        this.exit = new DeadLetterExit(forwarder, new DeliveryListeners(listeners));
    }

    /** The reason why no worker may receive the message; empty if workers may receive it. */
    static Optional<DeadLettering> reason(Subscription subscription, Leased leased) {
        var message = leased.message();
        int limit = subscription.retry().maxAttempts();
        if (message.attempt() > limit) {
            return Optional.of(new DeadLettering(
                    subscription.name(),
                    message,
                    DeadLettering.EXHAUSTED,
                    "no worker acknowledged the message in %d attempts".formatted(limit)));
        }
        return message.fault()
                .map(fault -> new DeadLettering(
                        subscription.name(), message, DeadLettering.UNREPRESENTABLE, "the message " + fault));
    }

    /** Makes the message a dead letter, publishes it or drops it, as the subscription's settings for dead letters say. */
    void giveUp(Subscription subscription, Leased leased, DeadLettering why) {
        var end = Instant.now().plus(START_LIMIT);
        try {
            // Runs on another thread, because publishing to a topic for dead letters blocks.
            threads.execute(() -> {
                if (Instant.now().isBefore(end)) {
                    settle(
                            leased,
                            exit.leave(
                                    why,
                                    subscription.deadLetter(),
                                    new RetryPlan(subscription.retry(), DelayLevels.DEFAULT)));
                }
            });
        } catch (RejectedExecutionException full) {
            LOG.debugf(
                    full,
                    "too many undeliverable messages at once, will be retried subscription=%s",
                    subscription.name());
        }
    }

    private void settle(Leased leased, Settlement settlement) {
        CompletableFuture<Void> moved = settlement instanceof Settlement.DeadLetter
                ? leases.deadLetter(leased)
                : CompletableFuture.completedFuture(null);
        if (!(settlement instanceof Settlement.Redeliver)) {
            moved.thenCompose(done -> leases.acknowledge(leased.lease())).exceptionally(failure -> {
                LOG.warnf(
                        failure,
                        "dead-lettering or acknowledging an undeliverable message failed, will be retried topic=%s",
                        leased.lease().topic());
                return null;
            });
        }
    }

    @PreDestroy
    void stop() {
        threads.shutdownNow();
    }
}
