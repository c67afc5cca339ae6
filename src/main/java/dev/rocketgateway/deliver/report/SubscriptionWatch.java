package dev.rocketgateway.deliver.report;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.rocketgateway.deliver.ConsumerGroups;
import dev.rocketgateway.deliver.ConsumerGroups.Lag;
import dev.rocketgateway.deliver.DeliverConfig;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.run.SubscriptionReconciler;
import dev.rocketgateway.deliver.run.SubscriptionRun;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Periodically reads how many messages of each subscription wait in the broker (the lag) and on this replica. Paused subscriptions
 * are watched too, because the broker deletes their messages after its retention. One thread reads; any thread may ask for the last
 * observation.
 */
@ApplicationScoped
public class SubscriptionWatch {

    private static final Logger LOG = Logger.getLogger(SubscriptionWatch.class);

    private final SubscriptionReconciler reconciler;
    private final ConsumerGroups groups;
    private final DeliveryMetrics metrics;
    private final DeliverConfig config;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private final ScheduledExecutorService schedule =
            Executors.newSingleThreadScheduledExecutor(new ThreadFactoryBuilder()
                    .setNameFormat("gateway-subscription-watch")
                    .setDaemon(true)
                    .build());

    SubscriptionWatch(
            SubscriptionReconciler reconciler, ConsumerGroups groups, DeliveryMetrics metrics, DeliverConfig config) {
        this.reconciler = reconciler;
        this.groups = groups;
        this.metrics = metrics;
        this.config = config;
    }

    /**
     * An observation of one subscription.
     *
     * @param held number of messages that wait at the gate
     * @param lag the lag in the broker; empty if a broker did not answer
     * @param retention how long the broker keeps messages; empty if it is unknown
     * @param fault why a broker did not answer, in words
     */
    public record Seen(int held, Optional<Lag> lag, Optional<Duration> retention, Optional<String> fault) {}

    /** Starts the periodic reads. */
    public void start() {
        schedule.scheduleWithFixedDelay(this::look, 0, config.watchInterval().toMillis(), TimeUnit.MILLISECONDS);
    }

    @PreDestroy
    void stop() {
        schedule.shutdownNow();
    }

    /** The last observation of the subscription. */
    public Optional<Seen> seen(String subscription) {
        return Optional.ofNullable(seen.get(subscription));
    }

    private void look() {
        try {
            var runs = reconciler.runs();
            seen.keySet().retainAll(runs.keySet());
            runs.forEach((name, run) -> {
                if (!Thread.currentThread().isInterrupted()) {
                    look(name, run);
                }
            });
        } catch (RuntimeException bug) {
            LOG.error("checking subscriptions failed, will be retried", bug);
        }
    }

    private void look(String name, SubscriptionRun run) {
        try {
            var now = look(run);
            // The subscription and its meters may have been removed in the meantime.
            if (reconciler.run(name).filter(run::equals).isPresent()) {
                seen.put(name, now);
                metrics.watched(name, now);
            }
        } catch (RuntimeException bug) {
            LOG.errorf(bug, "checking a subscription failed, will be retried subscription=%s", name);
        }
    }

    private Seen look(SubscriptionRun run) {
        var source = run.subscription().source();
        int held = run.gate().waiting();
        try {
            return new Seen(
                    held,
                    Optional.of(groups.lag(source.consumerGroup(), source.topic())),
                    groups.retention(source.topic()),
                    Optional.empty());
        } catch (SourceUnavailableException e) {
            LOG.debugf(e, "lag unknown subscription=%s", run.subscription().name());
            return new Seen(held, Optional.empty(), Optional.empty(), Optional.ofNullable(e.getMessage()));
        }
    }
}
