package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.MessageSource.Mode;
import dev.rocketgateway.deliver.MessageSource.Settings;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import dev.rocketgateway.rocketmq.admin.BrokerVersions;
import dev.rocketgateway.rocketmq.admin.GroupAdmin;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.jboss.logging.Logger;

/**
 * Prevents that a consumer group has two uses: push consumers, and leases (pull and ordered subscriptions). Each use has its own retry
 * topic. After a change of the use, nobody would receive the messages that wait in the other retry topic.
 *
 * <pre>
 * the group has a position in                  | it was used by
 * ---------------------------------------------|--------------------
 * %RETRY%&lt;group&gt;, or has members              | push consumers
 * %RETRY%&lt;group&gt;_&lt;topic&gt;, or + instead of _  | leases
 * </pre>
 * When the group is deleted, these positions are deleted too. Blocks.
 */
@ApplicationScoped
class GroupUse {

    private static final Logger LOG = Logger.getLogger(GroupUse.class);

    /** Setting that a broker needs to hand out leases. */
    private static final String TIMERS = "timerWheelEnable";

    private final RocketMqAdmin admin;
    private final GroupAdmin groups;
    private final BrokerHealth health;
    private final BrokerVersions versions;

    GroupUse(RocketMqAdmin admin, GroupAdmin groups, BrokerHealth health, BrokerVersions versions) {
        this.admin = admin;
        this.groups = groups;
        this.health = health;
        this.versions = versions;
    }

    /**
     * Requires that the brokers support the mode, and that the group was not used in a way that the mode does not allow: by push
     * consumers if the mode needs leases, or with leases if it does not.
     *
     * @throws SourceUnavailableException with the reason
     */
    void require(Settings settings, TopicRouteData route)
            throws RemotingException, InterruptedException, MQBrokerException {
        var answering = route.getBrokerDatas().stream()
                .filter(broker -> !health.isSilent(broker.getBrokerName()))
                .toList();
        if (settings.mode() != Mode.CONCURRENT) {
            versions.askUnknown(answering, health);
            for (var broker : answering) {
                if (versions.lacks(broker.getBrokerName(), BrokerVersions.Feature.LEASES)) {
                    throw SourceUnavailableException.refused(
                            "broker %s runs RocketMQ %s, but receiving over HTTP and ordered delivery need 5.0 or newer"
                                    .formatted(broker.getBrokerName(), versions.describe(broker.getBrokerName())),
                            null);
                }
            }
        }
        var conflict = conflict(settings.group(), settings.mode(), RocketMqAdmin.masters(answering));
        if (conflict.isPresent()) {
            throw SourceUnavailableException.refused(conflict.get(), null);
        }
    }

    /**
     * The reason why the group cannot be used in this mode, for people; empty if the group can be used.
     *
     * @param addresses brokers to ask
     */
    Optional<String> conflict(ConsumerGroup group, Mode mode, Collection<String> addresses)
            throws RemotingException, InterruptedException, MQBrokerException {
        for (var address : addresses) {
            var topics = groups.topicsWithPositions(group.value(), address);
            if (mode != Mode.CONCURRENT && admin.brokerSetting(address, TIMERS).equals(Optional.of("false"))) {
                return Optional.of(
                        "receiving over HTTP and ordered delivery need %s=true in the broker's configuration, but the broker has false"
                                .formatted(TIMERS));
            }
            boolean pushed = topics.contains(group.retryTopic())
                    || !groups.members(group.value(), address).isEmpty();
            if (mode != Mode.CONCURRENT && pushed) {
                return Optional.of(
                        "consumer group %s is used by webhooks or other push consumers, so it cannot serve pull or ordered "
                                        .formatted(group)
                                + "subscriptions; use another group");
            }
            if (mode == Mode.CONCURRENT && topics.stream().anyMatch(topic -> isLeaseRetryTopic(topic, group))) {
                return Optional.of(
                        "consumer group %s is used by a pull or ordered subscription, so it cannot serve concurrent webhooks; "
                                        .formatted(group)
                                + "use another group");
            }
        }
        return Optional.empty();
    }

    private static boolean isLeaseRetryTopic(String topic, ConsumerGroup group) {
        return topic.startsWith(group.retryTopic() + "_") || topic.startsWith(group.retryTopic() + "+");
    }

    /**
     * Sets the first position of the group in the retry topic of push consumers. This records the use of the group. A consumer would set
     * this position too, but only after some time. Call this method after the start of a consumer, because its heartbeat creates the
     * topic.
     *
     * @param brokers addresses by name; a broker that does not answer is left out
     */
    void markPushed(Settings settings, Map<String, String> brokers) throws InterruptedException {
        var retryTopic = settings.group().retryTopic();
        for (var broker : brokers.entrySet()) {
            try {
                firstPosition(settings.group(), retryTopic, broker.getKey(), broker.getValue());
            } catch (RemotingException | MQBrokerException e) {
                LOG.debugf(
                        e,
                        "a broker did not record whether a consumer group serves webhooks or workers group=%s broker=%s",
                        settings.group(),
                        broker.getKey());
            }
        }
    }

    /**
     * Creates the group's retry topic for leases, and sets the first position of the group in this topic. The broker would create the
     * topic at the first retry, but somebody can redrive a dead letter before the first retry.
     *
     * @param brokers addresses by name
     */
    void markLeased(Settings settings, Map<String, String> brokers) throws RemotingException, InterruptedException {
        var retryTopic = settings.group().leaseRetryTopic(settings.topic());
        for (var broker : brokers.entrySet()) {
            try {
                if (!groups.topicsWithPositions(settings.group().value(), broker.getValue())
                        .contains(retryTopic)) {
                    groups.createTopic(retryTopic, broker.getValue());
                    firstPosition(settings.group(), retryTopic, broker.getKey(), broker.getValue());
                }
            } catch (MQBrokerException | MQClientException e) {
                LOG.infof(
                        "the broker does not allow the gateway to create the retry topic, so the broker creates it at the first"
                                + " retry group=%s broker=%s",
                        settings.group(), broker.getKey());
                LOG.debug("the broker's reason", e);
            }
        }
    }

    private void firstPosition(ConsumerGroup group, String retryTopic, String brokerName, String address)
            throws RemotingException, InterruptedException, MQBrokerException {
        if (!groups.topicsWithPositions(group.value(), address).contains(retryTopic)) {
            groups.commitOffset(group.value(), new MessageQueue(retryTopic, brokerName, 0), address, 0);
        }
    }
}
