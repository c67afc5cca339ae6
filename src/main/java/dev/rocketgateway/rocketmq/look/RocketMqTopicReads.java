package dev.rocketgateway.rocketmq.look;

import static dev.rocketgateway.rocketmq.admin.AdminErrors.translated;

import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.look.StoredMessage;
import dev.rocketgateway.look.TopicReads;
import dev.rocketgateway.message.BoundedThreads;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.admin.TopicLookup;
import dev.rocketgateway.rocketmq.look.ReadClient.Read;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import org.apache.rocketmq.client.consumer.PullResult;
import org.apache.rocketmq.client.consumer.PullStatus;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.common.message.MessageQueue;

/** Reads queues with pull requests. Two separate threads decode the messages. Thread-safe. */
@ApplicationScoped
class RocketMqTopicReads implements TopicReads {

    private static final int THREADS = 2;

    /** Larger than the number of reads at a time, which the callers limit. */
    private static final int QUEUE = 10_000;

    private final ReadClient client;
    private final RocketMqAdmin admin;
    private final TopicLookup topics;
    private final StoredMessages messages;
    private final Map<String, String> addresses = new ConcurrentHashMap<>();
    private final ThreadPoolExecutor threads = BoundedThreads.create("gateway-read", THREADS, QUEUE);

    RocketMqTopicReads(ReadClient client, RocketMqAdmin admin, TopicLookup topics, StoredMessages messages) {
        this.client = client;
        this.admin = admin;
        this.topics = topics;
        this.messages = messages;
    }

    @PreDestroy
    void stop() {
        threads.shutdownNow();
    }

    @Override
    public Set<Queue> queues(TopicName topic) {
        return translated(() -> {
            if (!topics.exists(topic)) {
                return Set.of();
            }
            var route = topics.locate(topic).route();
            var queues = new TreeSet<Queue>();
            for (var queue : MQClientInstance.topicRouteData2TopicSubscribeInfo(topic.value(), route)) {
                var address = RocketMqAdmin.master(route, queue.getBrokerName());
                if (address.isPresent()) {
                    addresses.put(queue.getBrokerName(), address.get());
                    queues.add(new Queue(queue.getBrokerName(), queue.getQueueId()));
                }
            }
            return queues;
        });
    }

    @Override
    public long offset(TopicName topic, Queue queue, Start position) {
        return translated(() -> {
            var wire = wire(topic, queue);
            var address = address(queue);
            if (position instanceof Start.Earliest) {
                return admin.minOffset(wire, address);
            }
            return position instanceof Start.At at
                    ? admin.offsetAt(wire, address, at.time().toEpochMilli())
                    : admin.maxOffset(wire, address);
        });
    }

    @Override
    public CompletableFuture<Batch> read(TopicName topic, Queue queue, long offset, int limit, String tags) {
        return send(topic, queue, offset, limit, tags, Duration.ZERO)
                .thenApplyAsync(result -> batch(topic, queue, result, tags), threads);
    }

    @Override
    public CompletableFuture<Long> awaitEnd(TopicName topic, Queue queue, long end, Duration limit) {
        return send(topic, queue, end, 1, "*", limit).thenApply(result -> end(result, end));
    }

    /** The end of the queue. A broker that moved the offset, as after a loss of its last messages, returns no end. */
    private static long end(PullResult result, long before) {
        return switch (result.getPullStatus()) {
            case FOUND, NO_MATCHED_MSG -> Math.max(result.getMaxOffset(), result.getNextBeginOffset());
            case OFFSET_ILLEGAL -> Math.max(result.getMaxOffset(), 0);
            case NO_NEW_MSG -> before;
        };
    }

    private CompletableFuture<PullResult> send(
            TopicName topic, Queue queue, long offset, int limit, String tags, Duration hold) {
        try {
            return client.read(new Read(wire(topic, queue), address(queue), offset, limit, false, tags, hold));
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Batch batch(TopicName topic, Queue queue, PullResult result, String tags) {
        // Brokers compare only the hashes of tags, so the tags are compared here.
        var wanted = tags.equals("*")
                ? Set.<String>of()
                : Set.copyOf(
                        Arrays.stream(tags.split("\\|\\|")).map(String::strip).toList());
        var found = result.getPullStatus() == PullStatus.FOUND
                ? client.messages(result, queue.brokerName()).stream()
                        .map(wire -> messages.of(wire, topic.value()))
                        .filter(stored -> wanted.isEmpty()
                                || stored.message()
                                        .tag()
                                        .filter(wanted::contains)
                                        .isPresent())
                        .toList()
                : List.<StoredMessage>of();
        return new Batch(found, result.getNextBeginOffset(), result.getMinOffset());
    }

    private static MessageQueue wire(TopicName topic, Queue queue) {
        return new MessageQueue(topic.value(), queue.brokerName(), queue.queueId());
    }

    private String address(Queue queue) {
        var address = addresses.get(queue.brokerName());
        if (address == null) {
            throw TopicLookup.noAnswerFrom(List.of(queue.brokerName()));
        }
        return address;
    }
}
