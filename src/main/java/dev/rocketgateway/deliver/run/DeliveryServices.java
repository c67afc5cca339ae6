package dev.rocketgateway.deliver.run;

import dev.rocketgateway.deliver.ConsumerGroups;
import dev.rocketgateway.deliver.DeliverConfig;
import dev.rocketgateway.deliver.MessageForwarder;
import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.DeliveryListeners;
import dev.rocketgateway.message.BoundedThreads;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionStore;
import dev.rocketgateway.tracing.DeliveryTraces;
import dev.rocketgateway.webhook.WebhookSender;
import dev.rocketgateway.webhook.send.WebhookClient;
import io.quarkus.arc.All;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Services that all running subscriptions share. Thread-safe. */
@ApplicationScoped
public class DeliveryServices {

    private static final Logger LOG = Logger.getLogger(DeliveryServices.class);

    /** How long the broker may still list a member that has left. */
    private static final Duration LEAVING = Duration.ofSeconds(5);

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final MessageSource source;
    private final ConsumerGroups groups;
    private final MessageForwarder forwarder;
    private final WebhookClient client;
    private final WebhookEndpoints endpoints;
    private final SubscriptionStore store;
    private final DeliveryListener listener;
    private final DeliveryTraces traces;
    private final Duration clockTolerance;

    /**
     * Each subscription uses a few of these threads at most, so the queue is never full, and tasks that hang leave threads for others: such as
     * those that read a secret from a file system that does not answer.
     */
    private final ThreadPoolExecutor threads = BoundedThreads.create("gateway-webhooks", 64, Integer.MAX_VALUE);

    DeliveryServices(
            MessageSource source,
            ConsumerGroups groups,
            MessageForwarder forwarder,
            WebhookClient client,
            WebhookEndpoints endpoints,
            SubscriptionStore store,
            DeliveryTraces traces,
            DeliverConfig config,
            @All List<DeliveryListener> listeners) {
        this.source = source;
        this.groups = groups;
        this.forwarder = forwarder;
        this.client = client;
        this.endpoints = endpoints;
        this.store = store;
        this.traces = traces;
        this.clockTolerance = config.clockTolerance();
        this.listener = new DeliveryListeners(listeners);
    }

    /** Largest difference between the clocks of gateway and brokers. */
    Duration clockTolerance() {
        return clockTolerance;
    }

    public MessageSource source() {
        return source;
    }

    ConsumerGroups groups() {
        return groups;
    }

    MessageForwarder forwarder() {
        return forwarder;
    }

    DeliveryListener listener() {
        return listener;
    }

    /** Threads that prepare webhooks which take long to prepare. */
    Executor threads() {
        return threads;
    }

    @PreDestroy
    void stop() {
        threads.shutdown();
    }

    DeliveryTraces traces() {
        return traces;
    }

    /** Opens a sender for the subscription's endpoint. The sender of a pull subscription sends nothing. */
    public WebhookSender open(Subscription subscription) {
        return subscription
                .endpoint()
                .map(endpoint -> client.open(endpoints.of(endpoint)))
                .orElseGet(NoEndpoint::new);
    }

    /** Pauses the subscription on every replica. Returns immediately. */
    void pause(String subscription, String reason) {
        store.pause(subscription, reason);
    }

    /**
     * Waits until the group has no members.
     *
     * @throws SourceUnavailableException if the group still has members after some time
     */
    public void expectNobody(ConsumerGroup group) {
        long end = System.nanoTime() + LEAVING.toNanos();
        var members = groups.members(group);
        while (!members.isEmpty()) {
            if (System.nanoTime() > end) {
                throw occupied(group, members);
            }
            try {
                TimeUnit.NANOSECONDS.sleep(BETWEEN_LOOKS.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SourceUnavailableException("interrupted", e);
            }
            members = groups.members(group);
        }
    }

    /**
     * Requires that the group has no members on other replicas or elsewhere.
     *
     * @throws SourceUnavailableException if the group has members outside of this process
     */
    void expectNoOthers(ConsumerGroup group) {
        var others = groups.members(group).stream()
                .filter(member -> !groups.isOurs(member))
                .toList();
        if (!others.isEmpty()) {
            throw occupied(group, others);
        }
    }

    /** Creates the error for a group that has members. Client ids contain addresses, so only the log names the members. */
    private static SourceUnavailableException occupied(ConsumerGroup group, List<String> members) {
        LOG.infof(
                "consumer group has members in other processes group=%s members=%s",
                group, LogText.sentence(String.valueOf(members)));
        return new SourceUnavailableException(
                "consumer group %s still has %d members; pause the subscription on every replica, or stop these members"
                        .formatted(group, members.size()),
                null);
    }
}
