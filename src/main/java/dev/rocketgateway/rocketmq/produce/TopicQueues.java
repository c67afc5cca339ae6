package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.message.DeliverySchedule;
import dev.rocketgateway.message.MessageType;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.rocketmq.admin.BrokerVersions;
import dev.rocketgateway.rocketmq.admin.TopicRoutes;
import dev.rocketgateway.rocketmq.client.RocketMqClients;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.attribute.TopicMessageType;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.ResponseCode;

/**
 * Finds the queues for messages of a topic: its own queues or, if publishing may create the topic, the queues that it will get.
 * Thread-safe; never blocks the caller.
 */
@Singleton
class TopicQueues {

    /** The number of queues that the client requests for a new topic. */
    private static final int NEW_TOPIC_QUEUES = new DefaultMQProducer().getDefaultTopicQueueNums();

    private final TopicRoutes routes;
    private final BrokerVersions versions;
    private final PublishConfig config;
    private final RocketMqConfig rocketMq;

    TopicQueues(TopicRoutes routes, BrokerVersions versions, PublishConfig config, RocketMqConfig rocketMq) {
        this.versions = versions;
        this.rocketMq = rocketMq;
        this.routes = routes;
        this.config = config;
    }

    /**
     * The queues for a message, at least one. Fails with {@link SendFailedException} if the topic does not exist, if it is unknown
     * whether the topic exists, if the topic is declared for another type of message, or if the message needs a timer and no broker
     * is known to have one.
     */
    CompletableFuture<List<MessageQueue>> of(OutgoingMessage message) {
        var topic = message.topic().value();
        return routes.of(topic).thenCompose(route -> {
            if (route instanceof TopicRoutes.Route.Found found) {
                return found.declaredType()
                                .filter(declared -> !takes(declared, message.type()))
                                .isPresent()
                        ? CompletableFuture.failedFuture(new SendFailedException(Reason.TYPE_MISMATCH))
                        : taking(message, found.queues());
            }
            if (!config.allowTopicCreation()) {
                return CompletableFuture.failedFuture(notFound(route));
            }
            return routes.of(RocketMqClients.autoCreateTopic())
                    .thenApply(template -> {
                        if (template instanceof TopicRoutes.Route.Found found) {
                            return queuesToBe(topic, found.queues());
                        }
                        throw notFound(template instanceof TopicRoutes.Route.Unknown ? template : route);
                    })
                    .thenCompose(queues -> taking(message, queues));
        });
    }

    /** Removes the queues of brokers that would ignore the schedule of the message and deliver it immediately. */
    private CompletableFuture<List<MessageQueue>> taking(OutgoingMessage message, List<MessageQueue> queues) {
        if (!needsTimer(message)) {
            return CompletableFuture.completedFuture(queues);
        }
        var able = queues.stream()
                .filter(queue -> versions.hasAnswered(queue.getBrokerName()))
                .filter(queue -> !versions.lacks(queue.getBrokerName(), BrokerVersions.Feature.TIMER))
                .toList();
        if (able.isEmpty() && queues.stream().noneMatch(queue -> versions.hasAnswered(queue.getBrokerName()))) {
            // The broker may be too old, and would silently ignore the schedule.
            return CompletableFuture.failedFuture(new SendFailedException(Reason.UNAVAILABLE));
        }
        if (able.isEmpty()) {
            var broker = queues.stream()
                    .map(MessageQueue::getBrokerName)
                    .filter(versions::hasAnswered)
                    .findFirst()
                    .orElseThrow();
            return CompletableFuture.failedFuture(SendFailedException.brokerTooOld(
                    "Broker '%s' runs RocketMQ %s, but timer messages need 5.0 or newer"
                            .formatted(broker, versions.describe(broker))));
        }
        return CompletableFuture.completedFuture(able);
    }

    /** Whether the message needs the timer of Apache RocketMQ 5; ApsaraMQ has its own timer in all versions. */
    private boolean needsTimer(OutgoingMessage message) {
        if (message.schedule().isEmpty() || rocketMq.accessChannel() == RocketMqConfig.Channel.CLOUD) {
            return false;
        }
        var schedule = message.schedule().get();
        return schedule instanceof DeliverySchedule.After
                || schedule instanceof DeliverySchedule.At at && at.time().isAfter(Instant.now());
    }

    /**
     * Whether a topic with a declared type accepts a message. Follows RocketMQ's proxy ({@code DefaultTopicMessageTypeValidator});
     * brokers themselves store any message.
     */
    private static boolean takes(TopicMessageType declared, MessageType type) {
        return switch (declared) {
            case MIXED, UNSPECIFIED -> true;
            case NORMAL -> type == MessageType.NORMAL;
            case FIFO -> type == MessageType.FIFO;
            case DELAY -> type == MessageType.DELAY;
            case TRANSACTION, PRIORITY, LITE -> false;
        };
    }

    /** See {@link TopicRoutes#introduceTopicsTo}. */
    void introduceTopicsTo(Consumer<String> introduction) {
        routes.introduceTopicsTo(introduction);
    }

    /** Forgets the topic, because a broker said that it is gone. */
    void forget(String topic) {
        routes.forget(topic);
    }

    /** The failure for a missing route, with the name server's code if the topic counts as missing. */
    private static SendFailedException notFound(TopicRoutes.Route route) {
        if (route instanceof TopicRoutes.Route.Unknown) {
            return new SendFailedException(Reason.UNAVAILABLE);
        }
        return new SendFailedException(Reason.TOPIC_NOT_FOUND, ResponseCode.TOPIC_NOT_EXIST, false, null);
    }

    private static List<MessageQueue> queuesToBe(String topic, List<MessageQueue> template) {
        return template.stream()
                .filter(queue -> queue.getQueueId() < NEW_TOPIC_QUEUES)
                .map(queue -> new MessageQueue(topic, queue.getBrokerName(), queue.getQueueId()))
                .toList();
    }
}
