package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.ConsumerGroups.Lag;
import dev.rocketgateway.look.LookConfig;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.rocketmq.admin.GroupAdmin;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.admin.TopicLookup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.admin.OffsetWrapper;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;

/** Computes how far a group is behind its topic. Thread-safe; blocks. */
@ApplicationScoped
class GroupLag {

    private final RocketMqAdmin admin;
    private final GroupAdmin groups;
    private final QueueReader reader;

    /** The group in whose name messages are read without consuming them. */
    private final String readers;

    GroupLag(RocketMqAdmin admin, GroupAdmin groups, QueueReader reader, LookConfig look) {
        this.admin = admin;
        this.groups = groups;
        this.reader = reader;
        this.readers = look.consumerGroup();
    }

    /**
     * The lag of the group in all queues of the topic.
     *
     * @param route the topic's route, with all its brokers
     */
    Lag of(ConsumerGroup group, TopicRouteData route)
            throws RemotingException, InterruptedException, MQBrokerException {
        long messages = 0;
        Optional<Duration> oldest = Optional.empty();
        for (var broker : route.getBrokerDatas()) {
            var address = broker.selectBrokerAddr();
            var positions = address == null
                    ? Map.<MessageQueue, OffsetWrapper>of()
                    : positions(group, broker.getBrokerName(), address);
            for (var position : positions.entrySet()) {
                long behind = position.getValue().getBrokerOffset()
                        - position.getValue().getConsumerOffset();
                messages += Math.max(0, behind);
                if (behind > 0) {
                    oldest = older(oldest, age(group, position.getKey(), address, position.getValue()));
                }
            }
        }
        return new Lag(messages, oldest);
    }

    /** The positions of the group. This is the first call to a broker, so a silent broker is reported by its name. */
    private Map<MessageQueue, OffsetWrapper> positions(ConsumerGroup group, String brokerName, String address)
            throws InterruptedException, MQBrokerException {
        try {
            return groups.positions(group.value(), address).getOffsetTable();
        } catch (RemotingException e) {
            throw TopicLookup.noAnswerFrom(List.of(brokerName));
        }
    }

    private static Optional<Duration> older(Optional<Duration> one, Optional<Duration> other) {
        BinaryOperator<Duration> longer = (a, b) -> a.compareTo(b) >= 0 ? a : b;
        return one.isEmpty()
                ? other
                : other.map(age -> longer.apply(one.get(), age)).or(() -> one);
    }

    /**
     * The age of the next message that the group consumes. The broker's own "last timestamp" belongs to the previous message. After a week
     * without messages, its age would be a week.
     */
    private Optional<Duration> age(ConsumerGroup group, MessageQueue queue, String address, OffsetWrapper position)
            throws RemotingException, InterruptedException, MQBrokerException {
        var withoutNamespace =
                new MessageQueue(admin.withoutNamespace(queue.getTopic()), queue.getBrokerName(), queue.getQueueId());
        return first(group, withoutNamespace, address, position.getConsumerOffset())
                .map(message ->
                        Duration.ofMillis(Math.max(0, System.currentTimeMillis() - message.getStoreTimestamp())));
    }

    /**
     * Reads in the name of another group. A read in the name of the group itself would end a seek of an ordered subscription that has
     * not taken effect yet ({@code queryThenEraseResetOffset} in the broker's {@code PullMessageProcessor}): a held queue would stay
     * held. If the broker refuses the other group, the age is worth this risk.
     */
    private Optional<MessageExt> first(ConsumerGroup group, MessageQueue queue, String address, long offset)
            throws RemotingException, InterruptedException, MQBrokerException {
        List<MessageExt> found;
        try {
            found = reader.read(readers, queue, address, offset, 1);
        } catch (MQBrokerException refused) {
            found = reader.read(group.value(), queue, address, offset, 1);
        }
        return found.stream().findFirst();
    }
}
