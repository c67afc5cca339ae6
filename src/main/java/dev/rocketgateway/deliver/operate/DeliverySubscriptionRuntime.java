package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.deliver.ConsumerGroups;
import dev.rocketgateway.deliver.DeliverConfig;
import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.attempt.RetryPlan;
import dev.rocketgateway.deliver.breaker.DeliveryGate;
import dev.rocketgateway.deliver.event.DeliveryState;
import dev.rocketgateway.deliver.report.DeliveryHistory;
import dev.rocketgateway.deliver.report.SubscriptionWatch;
import dev.rocketgateway.deliver.run.DeliveryServices;
import dev.rocketgateway.deliver.run.SubscriptionReconciler;
import dev.rocketgateway.deliver.run.SubscriptionRun;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.subscription.Source;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionRuntime;
import dev.rocketgateway.subscription.SubscriptionStatus;
import dev.rocketgateway.subscription.fault.FieldFault;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jboss.logging.Logger;

/**
 * Connects the subscriptions API to the running subscriptions. Their status comes from the reconciler, the history and the watch.
 */
@ApplicationScoped
class DeliverySubscriptionRuntime implements SubscriptionRuntime {

    private static final Logger LOG = Logger.getLogger(DeliverySubscriptionRuntime.class);

    private final SubscriptionReconciler reconciler;
    private final SubscriptionAdmission admission;
    private final DeliveryHistory history;
    private final SubscriptionWatch watch;
    private final ConsumerGroups groups;
    private final DeliveryServices deliveries;
    private final Redrives redrives;
    private final DeliverConfig config;

    DeliverySubscriptionRuntime(
            SubscriptionReconciler reconciler,
            SubscriptionAdmission admission,
            DeliveryHistory history,
            SubscriptionWatch watch,
            ConsumerGroups groups,
            DeliveryServices deliveries,
            Redrives redrives,
            DeliverConfig config) {
        this.reconciler = reconciler;
        this.admission = admission;
        this.history = history;
        this.watch = watch;
        this.groups = groups;
        this.deliveries = deliveries;
        this.redrives = redrives;
        this.config = config;
    }

    @Override
    public List<FieldFault> faults(Subscription candidate, boolean isNew) {
        return admission.faults(candidate, isNew);
    }

    @Override
    public void fixStart(Subscription candidate) {
        var source = candidate.source();
        if (source.startFrom().position() != Source.StartFrom.Position.LATEST) {
            return;
        }
        try {
            deliveries.source().fixStart(source.consumerGroup(), source.topic(), new MessageSource.Start.Latest());
        } catch (SourceUnavailableException e) {
            LOG.infof(
                    "a broker did not store the start position; on this broker, the subscription starts at the time when it "
                            + "was created subscription=%s reason=%s",
                    candidate.name(), e.getMessage());
        }
    }

    @Override
    public SubscriptionStatus status(String name) {
        var run = reconciler.run(name);
        var state = run.map(SubscriptionRun::state);
        var seen = watch.seen(name);
        var lag = seen.flatMap(SubscriptionWatch.Seen::lag);
        var past = history.of(name);
        return new SubscriptionStatus(
                state.map(known -> known.label().toUpperCase(Locale.ROOT)).orElse("STARTING"),
                state.flatMap(DeliveryState::why).or(() -> state.filter(DeliveryState.Running.class::isInstance)
                        .flatMap(running -> seen.flatMap(SubscriptionWatch.Seen::fault))),
                run.map(known -> known.subscription().generation()).orElse(0L),
                run.map(DeliverySubscriptionRuntime::retryDelays).orElse(List.of()),
                lag.map(ConsumerGroups.Lag::messages),
                lag.map(known -> known.oldest().map(Duration::toSeconds).orElse(0L)),
                past.inFlight(),
                run.map(known -> known.gate().waiting()).orElse(0),
                run.map(known -> breaker(known.gate())).orElse("CLOSED"),
                run.flatMap(DeliverySubscriptionRuntime::nextTry),
                past.lastSuccess(),
                past.lastFailure());
    }

    private static List<String> retryDelays(SubscriptionRun run) {
        if (run.subscription().pull().isPresent()) {
            // The lengths of the leases decide.
            return List.of();
        }
        return new RetryPlan(run.subscription().retry(), run.levels())
                .effective().stream().map(Durations::format).toList();
    }

    /** Time of the next probe while webhooks are held; empty for a pause, which only a resumption ends. */
    private static Optional<Instant> nextTry(SubscriptionRun run) {
        boolean held = run.state() instanceof DeliveryState.Holding || run.state() instanceof DeliveryState.Parked;
        if (!held || run.gate().hold().isEmpty()) {
            return Optional.empty();
        }
        var in = run.gate().nextProbeIn();
        return Optional.of(
                Instant.now().plus(in.isNegative() ? Duration.ZERO : in).truncatedTo(ChronoUnit.MILLIS));
    }

    @Override
    public void stateSet(Subscription now, boolean resumed) {
        reconciler.takeOver(now, resumed, config.actionWait());
    }

    /** The state of the gate in the terms of circuit breakers: CLOSED while webhooks are sent. */
    private static String breaker(DeliveryGate gate) {
        if (gate.hold().isEmpty()) {
            return "CLOSED";
        }
        return gate.nextProbeIn().compareTo(Duration.ZERO) > 0 ? "OPEN" : "HALF_OPEN";
    }

    @Override
    public void removed(Subscription gone, boolean deleteGroup) {
        try {
            reconciler.end(gone.name()).join();
            redrives.stop(gone.name());
            if (deleteGroup) {
                deliveries.expectNobody(gone.source().consumerGroup());
                groups.delete(gone.source().consumerGroup());
            }
        } catch (CompletionException | SourceUnavailableException e) {
            LOG.warnf(
                    "subscription removed, but its consumer group may still exist subscription=%s group=%s reason=%s",
                    gone.name(), gone.source().consumerGroup(), e.getMessage());
            LOG.debug("consumer group not removed", e);
        }
    }
}
