package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.MessageSource.Mode;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.admin.GroupAdmin;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Optional;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.jboss.logging.Logger;

/**
 * Keeps the two uses of a consumer group apart: push consumers, and workers with leases. Each use has its own retry topic, so a message
 * that waits for a retry of one use would never come in the other.
 *
 * <pre>
 * the group has a position in                  | it was used by
 * ---------------------------------------------|--------------------
 * %RETRY%&lt;group&gt;, or has members              | push consumers
 * %RETRY%&lt;group&gt;_&lt;topic&gt;, or + instead of _  | workers with leases
 * </pre>
 * Deleting the group deletes these positions. Blocks.
 */
@ApplicationScoped
class GroupUse {

    private static final Logger LOG = Logger.getLogger(GroupUse.class);

    private final GroupAdmin groups;

    GroupUse(GroupAdmin groups) {
        this.groups = groups;
    }

    /**
     * Why the group cannot be used in this mode, in words; empty if it can.
     *
     * @param addresses brokers to ask
     */
    Optional<String> conflict(ConsumerGroup group, Mode mode, Collection<String> addresses)
            throws RemotingException, InterruptedException, MQBrokerException {
        for (var address : addresses) {
            var topics = groups.topicsWithPositions(group.value(), address);
            boolean pushed = topics.contains(group.retryTopic())
                    || !groups.members(group.value(), address).isEmpty();
            if (mode == Mode.LEASED && pushed) {
                return Optional.of(
                        "consumer group %s is used by webhooks or other push consumers, so nobody can receive from it "
                                        .formatted(group)
                                + "over HTTP; use another group");
            }
            if (mode != Mode.LEASED && topics.stream().anyMatch(topic -> isLeaseRetryTopic(topic, group))) {
                return Optional.of(
                        "consumer group %s is used by a pull subscription, so it cannot serve webhooks; use another group"
                                .formatted(group));
            }
        }
        return Optional.empty();
    }

    private static boolean isLeaseRetryTopic(String topic, ConsumerGroup group) {
        return topic.startsWith(group.retryTopic() + "_") || topic.startsWith(group.retryTopic() + "+");
    }

    /**
     * Creates the group's retry topic for leases and gives the group its first position in it. The broker would do the same at the
     * first retry, but a dead letter can be redriven before.
     */
    void markLeased(ConsumerGroup group, TopicName topic, String brokerName, String address)
            throws RemotingException, InterruptedException {
        var retryTopic = group.leaseRetryTopic(topic);
        try {
            if (!groups.topicsWithPositions(group.value(), address).contains(retryTopic)) {
                groups.createTopic(retryTopic, address);
                groups.commitOffset(group.value(), new MessageQueue(retryTopic, brokerName, 0), address, 0);
            }
        } catch (MQBrokerException | MQClientException e) {
            LOG.infof(
                    "the broker does not allow the gateway to create the retry topic, so the broker creates it at the first retry"
                            + " group=%s broker=%s",
                    group, brokerName);
            LOG.debug("the broker's reason", e);
        }
    }
}
