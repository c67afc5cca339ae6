package dev.rocketgateway.rocketmq.pop;

import dev.rocketgateway.deliver.MessageLeases;
import dev.rocketgateway.deliver.MessageLeases.LeaseException.Reason;
import dev.rocketgateway.rocketmq.RocketMqMessages;
import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import dev.rocketgateway.rocketmq.admin.BrokerVersions;
import dev.rocketgateway.rocketmq.client.CompressedBodies;
import dev.rocketgateway.rocketmq.pop.PopClient.Arrival;
import dev.rocketgateway.rocketmq.pop.PopClient.Broker;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.rocketmq.common.message.MessageExt;
import org.jspecify.annotations.Nullable;

/** Takes messages of a topic with leases from all its brokers. Thread-safe; never blocks. */
@ApplicationScoped
class RocketMqLeases implements MessageLeases {

    private static final Duration BETWEEN_LOOKS_FOR_RETRIES = Duration.ofSeconds(2);

    private final PopClient pop;
    private final TopicBrokers brokers;
    private final BrokerHealth health;
    private final CompressedBodies bodies;
    private final BrokerVersions versions;

    /** Each take starts with another broker. */
    private final AtomicInteger turn = new AtomicInteger();

    private final Map<Wait, CompletableFuture<Arrival>> waits = new ConcurrentHashMap<>();

    RocketMqLeases(
            PopClient pop,
            TopicBrokers brokers,
            BrokerHealth health,
            CompressedBodies bodies,
            BrokerVersions versions) {
        this.versions = versions;
        this.pop = pop;
        this.brokers = brokers;
        this.health = health;
        this.bodies = bodies;
    }

    @Override
    public CompletableFuture<List<Leased>> take(Selection from, int max, Duration visibility) {
        return translated(answering(from).thenCompose(all -> {
            int first = Math.floorMod(turn.getAndIncrement(), all.size());
            var inTurn = new ArrayList<Broker>(all.subList(first, all.size()));
            inTurn.addAll(all.subList(0, first));
            return new Taking(from, visibility, inTurn).take(0, max);
        }));
    }

    /** Takes messages from one broker after the other, until there are enough messages or no more brokers. */
    private final class Taking {

        private final Selection from;
        private final Duration visibility;
        private final List<Broker> inTurn;
        private final List<Leased> taken = new ArrayList<>();
        private int answers;

        Taking(Selection from, Duration visibility, List<Broker> inTurn) {
            this.from = from;
            this.visibility = visibility;
            this.inTurn = inTurn;
        }

        CompletableFuture<List<Leased>> take(int index, int missing) {
            var broker = inTurn.get(index);
            return pop.take(broker, selection(from), missing, visibility, null)
                    .handle((found, failure) -> {
                        if (failure == null) {
                            answers++;
                            found.forEach(message -> taken.add(leased(from, message)));
                        } else if (index == inTurn.size() - 1 && answers == 0) {
                            return CompletableFuture.<List<Leased>>failedFuture(failure);
                        }
                        int left = failure == null ? missing - found.size() : missing;
                        return left <= 0 || index == inTurn.size() - 1
                                ? CompletableFuture.completedFuture(taken)
                                : take(index + 1, left);
                    })
                    .thenCompose(Function.identity());
        }
    }

    private Leased leased(Selection from, MessageExt message) {
        return new Leased(
                RocketMqMessages.toReceived(message, from.topic().value(), bodies.fault(message)),
                new Lease(from.group(), from.topic(), Checkpoint.of(message).text()),
                message);
    }

    @Override
    public CompletableFuture<Boolean> await(Selection from, Duration wait) {
        return translated(answering(from).thenCompose(all -> {
            var arrived = new CompletableFuture<Boolean>();
            var calls = new ArrayList<CompletableFuture<Arrival>>();
            for (var broker : all) {
                var call = await(new Wait(from, broker), wait);
                calls.add(call);
                call.thenAccept(arrival -> {
                    if (arrival == Arrival.SOME) {
                        arrived.complete(true);
                    }
                });
            }
            CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new))
                    .whenComplete((done, failure) -> conclude(calls, failure, arrived));
            return arrived;
        }));
    }

    /** A wait at one broker. */
    private record Wait(Selection from, Broker broker) {}

    /**
     * Uses the wait that already runs at the broker, or starts a new wait. A broker limits the number of waits, and the waits at other
     * brokers continue when one broker has a message.
     */
    private CompletableFuture<Arrival> await(Wait wait, Duration limit) {
        var mine = new CompletableFuture<Arrival>();
        var running = waits.putIfAbsent(wait, mine);
        if (running != null) {
            return running;
        }
        boolean overlooksRetries = versions.lacks(wait.broker().name(), BrokerVersions.Feature.NOTICE_OF_RETRIES);
        var slice =
                overlooksRetries && limit.compareTo(BETWEEN_LOOKS_FOR_RETRIES) > 0 ? BETWEEN_LOOKS_FOR_RETRIES : limit;
        pop.await(wait.broker(), selection(wait.from()), slice).whenComplete((arrival, failure) -> {
            waits.remove(wait, mine);
            if (failure == null) {
                mine.complete(arrival);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine;
    }

    /** Completes a wait in which no broker has a message. The wait succeeds if at least one broker has waited. */
    private static void conclude(
            List<CompletableFuture<Arrival>> calls, @Nullable Throwable failure, CompletableFuture<Boolean> arrived) {
        var answers = calls.stream()
                .filter(call -> !call.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .toList();
        if (answers.contains(Arrival.NONE) || answers.contains(Arrival.SOME)) {
            arrived.complete(false);
        } else if (failure != null && answers.isEmpty()) {
            arrived.completeExceptionally(failure);
        } else {
            arrived.completeExceptionally(
                    new LeaseException(Reason.TOO_MANY_WAITERS, "too many requests wait at the broker", null));
        }
    }

    @Override
    public CompletableFuture<Void> acknowledge(Lease lease) {
        return onBroker(
                lease, (broker, checkpoint) -> pop.acknowledge(broker, lease.group(), lease.topic(), checkpoint));
    }

    @Override
    public CompletableFuture<Lease> extend(Lease lease, Duration visibility) {
        return onBroker(
                lease, (broker, checkpoint) -> pop.extend(broker, lease.group(), lease.topic(), checkpoint, visibility)
                        .thenApply(next -> new Lease(lease.group(), lease.topic(), next.text())));
    }

    @Override
    public CompletableFuture<Void> deadLetter(Leased message) {
        var lease = message.lease();
        return onBroker(
                lease,
                (broker, checkpoint) ->
                        pop.deadLetter(broker, lease.group(), lease.topic(), (MessageExt) message.source()));
    }

    /** A call about one lease. */
    @FunctionalInterface
    private interface Call<T> {

        CompletableFuture<T> to(Broker broker, Checkpoint checkpoint);
    }

    private <T> CompletableFuture<T> onBroker(Lease lease, Call<T> call) {
        var checkpoint = new Checkpoint(lease.checkpoint());
        return translated(brokers.of(lease.topic()).thenCompose(all -> all.stream()
                .filter(broker -> broker.name().equals(checkpoint.brokerName()))
                .findFirst()
                .map(broker -> call.to(broker, checkpoint))
                .orElseGet(() -> CompletableFuture.failedFuture(new LeaseException(
                        Reason.UNAVAILABLE,
                        "the route of the topic does not have broker " + checkpoint.brokerName(),
                        null)))));
    }

    /** The brokers of the topic that are not known to be silent; all brokers if all are silent. */
    private CompletableFuture<List<Broker>> answering(Selection from) {
        return brokers.of(from.topic()).thenCompose(all -> {
            var answering = all.stream()
                    .filter(broker -> !health.isSilent(broker.name()))
                    .toList();
            var asked = answering.isEmpty() ? all : answering;
            return asked.isEmpty()
                    ? CompletableFuture.failedFuture(
                            new LeaseException(Reason.UNAVAILABLE, "no broker of the topic answers", null))
                    : CompletableFuture.completedFuture(asked);
        });
    }

    private static PopClient.Selection selection(Selection from) {
        return new PopClient.Selection(from.group(), from.topic(), from.filter(), PopClient.ALL_QUEUES, false);
    }

    private static <T> CompletableFuture<T> translated(CompletableFuture<T> call) {
        return call.exceptionallyCompose(failure -> CompletableFuture.failedFuture(LeaseErrors.translate(failure)));
    }
}
