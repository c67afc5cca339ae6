package dev.rocketgateway.rocketmq.look;

import dev.rocketgateway.deliver.MessageSource.Filter;
import dev.rocketgateway.look.MessageFinder.GroupProgress;
import dev.rocketgateway.look.MessageFinder.RetryCopy;
import dev.rocketgateway.look.StoredMessage;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.admin.GroupAdmin;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.admin.TopicLookup;
import dev.rocketgateway.rocketmq.look.MessageIndex.Entries;
import dev.rocketgateway.rocketmq.look.ReadClient.Read;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;

/**
 * Finds how far a consumer group has come with one message: looks up the position of the group and the copies of the message.
 *
 * <pre>
 * topic ─▶ delay: SCHEDULE_TOPIC_XXXX ─▶ %RETRY%&lt;group&gt; ─▶ … ─▶ %DLQ%&lt;group&gt;
 * </pre>
 * Each arrow stores a new copy with the same unique id, so the newest copy shows the current state. Thread-safe; blocks.
 */
@ApplicationScoped
class GroupCopies {

    private static final String DELAYED = "SCHEDULE_TOPIC_XXXX";

    /** Extra time to wait, because the client checks for timeouts only once a second, and one second late. */
    private static final long LATE_MILLIS = 3_000;

    private final ReadClient client;
    private final RocketMqAdmin admin;
    private final GroupAdmin groups;
    private final MessageIndex index;

    GroupCopies(ReadClient client, RocketMqAdmin admin, GroupAdmin groups, MessageIndex index) {
        this.client = client;
        this.admin = admin;
        this.groups = groups;
        this.index = index;
    }

    /**
     * @param brokers addresses of all brokers by name
     */
    GroupProgress progress(
            TopicName topic,
            StoredMessage stored,
            ConsumerGroup group,
            String retryTopic,
            Filter filter,
            Map<String, String> brokers)
            throws RemotingException, InterruptedException, MQBrokerException {
        var address = brokers.get(stored.brokerName());
        if (address == null) {
            throw TopicLookup.noAnswerFrom(List.of(stored.brokerName()));
        }
        var queue = new MessageQueue(topic.value(), stored.brokerName(), stored.queueId());
        var id = stored.message().id();
        var retries = index.byId(retryTopic, id, brokers);
        var dead = index.byId(group.deadLetterTopic(), id, brokers);
        var delayed = index.byId(DELAYED, id, brokers);
        var position = groups.position(group.value(), queue, address);
        var silent = new TreeSet<>(retries.silent());
        silent.addAll(dead.silent());
        silent.addAll(delayed.silent());
        return new GroupProgress(
                matches(filter, stored, queue, address),
                position.isPresent() ? Optional.of(position.getAsLong()) : Optional.empty(),
                retry(group, retryTopic, retries, delayed, brokers),
                newest(dead).map(copy -> Instant.ofEpochMilli(copy.getStoreTimestamp())),
                silent);
    }

    private Optional<RetryCopy> retry(
            ConsumerGroup group, String retryTopic, Entries retries, Entries delayed, Map<String, String> brokers)
            throws RemotingException, InterruptedException, MQBrokerException {
        var waiting = newest(new Entries(
                delayed.messages().stream()
                        .filter(copy -> isFor(retryTopic, copy))
                        .toList(),
                delayed.silent()));
        var due = newest(retries);
        if (waiting.isPresent()
                && due.map(copy -> copy.getStoreTimestamp() < waiting.get().getStoreTimestamp())
                        .orElse(true)) {
            return waiting.map(copy -> new RetryCopy(Instant.ofEpochMilli(copy.getStoreTimestamp()), true));
        }
        if (due.isEmpty()) {
            return Optional.empty();
        }
        var copy = due.get();
        var position = groups.position(
                group.value(),
                new MessageQueue(retryTopic, copy.getBrokerName(), copy.getQueueId()),
                brokers.get(copy.getBrokerName()));
        boolean pending = position.isEmpty() || position.getAsLong() <= copy.getQueueOffset();
        return Optional.of(new RetryCopy(Instant.ofEpochMilli(copy.getStoreTimestamp()), pending));
    }

    private boolean isFor(String retryTopic, MessageExt delayed) {
        var real = delayed.getProperty(MessageConst.PROPERTY_REAL_TOPIC);
        return real != null && admin.withoutNamespace(real).equals(retryTopic);
    }

    private static Optional<MessageExt> newest(Entries copies) {
        return copies.messages().stream().max(Comparator.comparingLong(MessageExt::getStoreTimestamp));
    }

    private boolean matches(Filter filter, StoredMessage stored, MessageQueue queue, String address)
            throws InterruptedException {
        return filter.sql()
                ? matchesSql(filter, stored, queue, address)
                : matchesTag(filter.expression(), stored.message().tag());
    }

    static boolean matchesTag(String expression, Optional<String> tag) {
        return expression.equals("*")
                || tag.isPresent()
                        && Arrays.stream(expression.split("\\|\\|"))
                                .map(String::strip)
                                .anyMatch(tag.get()::equals);
    }

    /** Lets the broker apply the condition. The broker returns the message at the offset only if the condition is true. */
    private boolean matchesSql(Filter filter, StoredMessage stored, MessageQueue queue, String address)
            throws InterruptedException {
        try {
            var read = new Read(queue, address, stored.queueOffset(), 1, true, filter.expression(), Duration.ZERO);
            var result = client.read(read).get(admin.timeout().toMillis() + LATE_MILLIS, TimeUnit.MILLISECONDS);
            return client.messages(result, queue.getBrokerName()).stream()
                    .anyMatch(message -> message.getQueueOffset() == stored.queueOffset());
        } catch (ExecutionException | TimeoutException e) {
            throw TopicLookup.noAnswerFrom(List.of(queue.getBrokerName()));
        }
    }
}
