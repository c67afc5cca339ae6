package dev.rocketgateway.rocketmq.ordered;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.pop.Checkpoint;
import dev.rocketgateway.rocketmq.pop.GroupPositions;
import dev.rocketgateway.rocketmq.pop.PopClient;
import dev.rocketgateway.rocketmq.pop.PopClient.Arrival;
import dev.rocketgateway.rocketmq.pop.PopClient.Broker;
import dev.rocketgateway.rocketmq.pop.PopClient.Selection;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.rocketmq.common.message.MessageExt;

/**
 * Implements the calls for one queue with POP.
 *
 * @param broker the broker at its current address
 * @param from the queue: of the topic, or of the retry topic of the group
 * @param topic the topic of the subscription
 */
record PopQueueCalls(PopClient pop, GroupPositions positions, Supplier<Broker> broker, Selection from, TopicName topic)
        implements QueueCalls {

    @Override
    public CompletableFuture<Optional<MessageExt>> take(Duration visibility, String attemptId) {
        return pop.take(broker.get(), from, 1, visibility, attemptId)
                .thenApply(found -> found.stream().findFirst());
    }

    @Override
    public CompletableFuture<Arrival> await(Duration wait) {
        return pop.await(broker.get(), from, wait);
    }

    @Override
    public CompletableFuture<Void> acknowledge(Checkpoint checkpoint) {
        return pop.acknowledge(broker.get(), group(), topic, checkpoint);
    }

    @Override
    public CompletableFuture<Void> extend(Checkpoint checkpoint, Duration visibility) {
        return pop.extend(broker.get(), group(), topic, checkpoint, visibility).thenAccept(renewed -> {});
    }

    @Override
    public CompletableFuture<Void> deadLetter(MessageExt message) {
        return pop.deadLetter(broker.get(), group(), topic, message);
    }

    @Override
    public CompletableFuture<Long> position() {
        return positions.of(broker.get(), from);
    }

    private ConsumerGroup group() {
        return from.group();
    }
}
