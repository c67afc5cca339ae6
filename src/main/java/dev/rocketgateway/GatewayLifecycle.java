package dev.rocketgateway;

import dev.rocketgateway.deliver.lease.LeaseService;
import dev.rocketgateway.deliver.report.SubscriptionWatch;
import dev.rocketgateway.deliver.run.SubscriptionReconciler;
import dev.rocketgateway.look.tail.Tails;
import dev.rocketgateway.problem.answer.ProblemAnswers;
import dev.rocketgateway.rocketmq.admin.BrokerProbe;
import dev.rocketgateway.rocketmq.client.RocketMqStatus;
import dev.rocketgateway.rocketmq.produce.RocketMqPublisher;
import dev.rocketgateway.subscription.store.StoreSync;
import dev.rocketgateway.tracing.Tracing;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Starts the parts of the gateway in order, and stops them in reverse order.
 *
 * <pre>
 * start: producer ─▶ probe ─▶ store ─▶ subscriptions       each starts without a running broker or database
 *
 * SIGTERM ─▶ not ready ─▶ delay ─▶ requests finish ─▶ refuse ─▶ subscriptions drain ─▶ producer and store close
 *            └────────── Quarkus ───────────────┘    └──────── here, within gateway.shutdown-timeout ─────────┘
 * </pre>
 */
@ApplicationScoped
class GatewayLifecycle {

    private static final Logger LOG = Logger.getLogger(GatewayLifecycle.class);

    /** Time reserved for closing the producer: a slow drain must not use it up. */
    private static final Duration FOR_THE_PRODUCER = Duration.ofSeconds(3);

    /** How long the last spans may take to reach a receiver that does not answer. */
    private static final Duration FOR_TRACES = Duration.ofSeconds(1);

    private final RocketMqPublisher publisher;
    private final BrokerProbe probe;
    private final StoreSync store;
    private final SubscriptionReconciler reconciler;
    private final SubscriptionWatch watch;
    private final LeaseService leases;
    private final Tails tails;
    private final ProblemAnswers answers;
    private final RocketMqStatus rocketMq;
    private final Tracing tracing;
    private final GatewayConfig config;
    private volatile @Nullable Long stopBegan;

    GatewayLifecycle(
            RocketMqPublisher publisher,
            BrokerProbe probe,
            StoreSync store,
            SubscriptionReconciler reconciler,
            SubscriptionWatch watch,
            LeaseService leases,
            Tails tails,
            ProblemAnswers answers,
            RocketMqStatus rocketMq,
            Tracing tracing,
            GatewayConfig config) {
        this.publisher = publisher;
        this.probe = probe;
        this.store = store;
        this.reconciler = reconciler;
        this.watch = watch;
        this.leases = leases;
        this.tails = tails;
        this.answers = answers;
        this.rocketMq = rocketMq;
        this.tracing = tracing;
        this.config = config;
    }

    void start(@Observes StartupEvent event) {
        publisher.start();
        probe.start();
        store.start();
        reconciler.start();
        watch.start();
        LOG.infof("gateway started %s", rocketMq.describe());
    }

    void beginToStop(@Observes ShutdownDelayInitiatedEvent event) {
        stopBegan = System.nanoTime();
        leases.endWaiting();
        LOG.infof(
                "gateway is stopping and no longer ready limit=%ss",
                config.shutdownTimeout().toSeconds());
        // Streams never finish by themselves, so the stop would wait for them in vain.
        tails.stop();
    }

    void stop(@Observes ShutdownEvent event) {
        tails.stop();
        answers.refuseNewRequests();
        leases.endWaiting();
        probe.stop();
        reconciler.stop(atLeastOneSecond(left().minus(FOR_THE_PRODUCER)));
        publisher.stop(atLeastOneSecond(left()));
        store.stop();
        tracing.stop(FOR_TRACES);
        LOG.info("gateway stopped");
    }

    private Duration left() {
        var began = stopBegan;
        if (began == null) {
            stopBegan = began = System.nanoTime();
        }
        return config.shutdownTimeout().minusNanos(System.nanoTime() - began);
    }

    private static Duration atLeastOneSecond(Duration duration) {
        return duration.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : duration;
    }
}
