package dev.rocketgateway.rocketmq;

import dev.rocketgateway.message.MessageType;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.attribute.TopicMessageType;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.protocol.ResponseCode;

/**
 * The queues a topic's messages may go to: its own or, where publishing may create the topic, those the broker will give it.
 * Thread-safe; never blocks the caller.
 */
@Singleton
class TopicQueues {

    /** How many a new topic gets, as the client asks the broker for. */
    private static final int NEW_TOPIC_QUEUES = new DefaultMQProducer().getDefaultTopicQueueNums();

    private final TopicRoutes routes;
    private final PublishConfig config;

    TopicQueues(TopicRoutes routes, PublishConfig config) {
        this.routes = routes;
        this.config = config;
    }

    /**
     * At least one; fails with {@link SendFailedException} if the topic does not exist, is declared for another type of
     * message, or nobody can tell.
     */
    CompletableFuture<List<MessageQueue>> of(OutgoingMessage message) {
        var topic = message.topic().value();
        return routes.of(topic).thenCompose(route -> {
            if (route instanceof TopicRoutes.Route.Found found) {
                return found.declaredType()
                                .filter(declared -> !takes(declared, message.type()))
                                .isPresent()
                        ? CompletableFuture.failedFuture(new SendFailedException(Reason.TYPE_MISMATCH))
                        : CompletableFuture.completedFuture(found.queues());
            }
            if (!config.allowTopicCreation()) {
                return CompletableFuture.failedFuture(topicNotFound());
            }
            return routes.of(RocketMqClients.autoCreateTopic()).thenApply(template -> {
                if (template instanceof TopicRoutes.Route.Found found) {
                    return queuesToBe(topic, found.queues());
                }
                throw topicNotFound();
            });
        });
    }

    /** As RocketMQ's proxy decides of declared topics ({@code DefaultTopicMessageTypeValidator}); brokers store anything. */
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

    /** With the code the name server gave. */
    private static SendFailedException topicNotFound() {
        return new SendFailedException(Reason.TOPIC_NOT_FOUND, ResponseCode.TOPIC_NOT_EXIST, false, null);
    }

    private static List<MessageQueue> queuesToBe(String topic, List<MessageQueue> template) {
        return template.stream()
                .filter(queue -> queue.getQueueId() < NEW_TOPIC_QUEUES)
                .map(queue -> new MessageQueue(topic, queue.getBrokerName(), queue.getQueueId()))
                .toList();
    }
}
