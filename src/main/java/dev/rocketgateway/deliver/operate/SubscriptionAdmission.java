package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.deliver.ConsumerGroups;
import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.run.ConsumptionSettings;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.Endpoint;
import dev.rocketgateway.subscription.Source;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.fault.FieldFault;
import dev.rocketgateway.webhook.target.TargetPolicy;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Checks a subscription against the target policy and the brokers, for faults that its document does not show. A check that is
 * impossible now, because a broker or DNS does not answer, finds no fault; the subscription then waits until it can start. Blocks.
 */
@ApplicationScoped
class SubscriptionAdmission {

    private static final Logger LOG = Logger.getLogger(SubscriptionAdmission.class);

    /** Longest time to resolve the host of a URL. A host that takes longer is checked only when a webhook is sent. */
    private static final long LOOK_UP_SECONDS = 5;

    private final TargetPolicy policy;
    private final ConsumerGroups groups;

    SubscriptionAdmission(TargetPolicy policy, ConsumerGroups groups) {
        this.policy = policy;
        this.groups = groups;
    }

    List<FieldFault> faults(Subscription candidate, boolean isNew) {
        var faults = new ArrayList<FieldFault>();
        candidate.endpoint().ifPresent(endpoint -> targetFaults(endpoint, faults));
        try {
            brokerFaults(candidate, isNew, faults);
        } catch (SourceUnavailableException e) {
            LOG.debugf(
                    e,
                    "some brokers did not answer, so the subscription was not checked against them subscription=%s",
                    candidate.name());
        }
        return faults;
    }

    private void targetFaults(Endpoint endpoint, List<FieldFault> faults) {
        targetFault(Endpoint.URL_FIELD, endpoint.url()).ifPresent(faults::add);
        endpoint.auth().urls().forEach((field, url) -> targetFault(field, url).ifPresent(faults::add));
        if (endpoint.tls().insecureSkipVerify() && !policy.allowsInsecureTls()) {
            faults.add(new FieldFault(
                    "endpoint.tls.insecureSkipVerify",
                    "is not allowed; the gateway's operator can allow it with gateway.webhook.allow-insecure-tls"));
        }
    }

    private Optional<FieldFault> targetFault(String field, URI url) {
        try {
            return policy.fault(url)
                    .toCompletableFuture()
                    .get(LOOK_UP_SECONDS, TimeUnit.SECONDS)
                    .map(denial -> new FieldFault(field, denial.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debugf(e, "target not checked, its name was not resolved host=%s", url.getHost());
            return Optional.empty();
        }
    }

    private void brokerFaults(Subscription candidate, boolean isNew, List<FieldFault> faults) {
        var source = candidate.source();
        if (!groups.exists(source.topic())) {
            faults.add(new FieldFault(
                    "source.topic",
                    "'%s' has no route on any broker; %s".formatted(source.topic(), MessageSource.HOW_TO_MAKE_TOPICS)));
            return;
        }
        if (source.filter().type() == Source.Filter.Type.SQL92
                && groups.takesSqlFilters(source.topic()).equals(Optional.of(false))) {
            faults.add(
                    new FieldFault(
                            "source.filter.type",
                            "SQL92 needs enablePropertyFilter=true in the broker's configuration; ask the broker's operator to set it"));
        } else {
            groups.filterRefusal(source.consumerGroup(), source.topic(), ConsumptionSettings.filter(source))
                    .map(words -> new FieldFault("source.filter.expression", "is refused by the broker: " + words))
                    .ifPresent(faults::add);
        }
        groups.conflict(source.consumerGroup(), source.topic(), ConsumptionSettings.mode(candidate))
                .ifPresent(conflict -> {
                    throw GatewayException.of(
                            ProblemType.CONFLICT, "The subscription cannot run: %s.".formatted(conflict));
                });
        if (isNew) {
            var members = groups.members(source.consumerGroup());
            if (!members.isEmpty()) {
                faults.add(new FieldFault(
                        "source.consumerGroup",
                        ("'%s' is in use: the brokers list members of it (%d). Use another group, or stop its "
                                        + "members. After the connection of a member breaks, a broker can list the member for 2 more minutes")
                                .formatted(source.consumerGroup(), members.size())));
            }
        }
    }
}
