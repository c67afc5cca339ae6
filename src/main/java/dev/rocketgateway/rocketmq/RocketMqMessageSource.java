package dev.rocketgateway.rocketmq;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource;
import jakarta.enterprise.context.ApplicationScoped;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.MessageSelector;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.heartbeat.MessageModel;
import org.apache.rocketmq.remoting.protocol.route.QueueData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.jboss.logging.Logger;

/** One push consumer per subscription. Thread-safe; a start blocks. */
@ApplicationScoped
class RocketMqMessageSource implements MessageSource {

    private static final Logger LOG = Logger.getLogger(RocketMqMessageSource.class);

    /** With the default of one, a single replica of the group would get all its retries. */
    private static final int RETRY_QUEUES = 8;

    /** More than a subscription may have: the client takes a new number of threads only while it is below this one. */
    private static final int MAX_THREADS = 512;

    private static final int CONSUME_TIMEOUT_MINUTES = 15;

    private final RocketMqClients clients;
    private final RocketMqAdmin admin;
    private final GroupAdmin groups;
    private final StartPosition startPosition;
    private final ReceiveBuffers buffers;

    RocketMqMessageSource(
            RocketMqClients clients,
            RocketMqAdmin admin,
            GroupAdmin groups,
            StartPosition startPosition,
            ReceiveBuffers buffers) {
        this.clients = clients;
        this.admin = admin;
        this.groups = groups;
        this.startPosition = startPosition;
        this.buffers = buffers;
    }

    @Override
    public Consumption start(Settings settings, Handler handler) {
        try {
            var route = admin.route(settings.topic().value())
                    .orElseThrow(() -> SourceUnavailableException.noRoute(settings.topic()));
            int retryQueues = prepareGroup(settings, route);
            if (settings.newFilter()) {
                expectTheSameFilter(settings, route);
            }
            startPosition.write(settings.group().value(), settings.topic().value(), settings.start(), route);
            var bounds = new RocketMqConsumption.Bounds(buffers, queues(route), retryQueues);
            return new RocketMqConsumption(consumer(settings), settings, bounds, delayLevels(route), handler).started();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceUnavailableException("interrupted", e);
        } catch (MQBrokerException e) {
            throw SourceUnavailableException.refused(
                    "the broker refused the group or its position, code " + e.getResponseCode(), e);
        } catch (MQClientException e) {
            throw SourceUnavailableException.refused(
                    "the consumer did not start; is the filter allowed on the broker? code " + e.getResponseCode(), e);
        } catch (RemotingException | IllegalStateException e) {
            throw new SourceUnavailableException("no name server or no broker answers", e);
        }
    }

    /** A member with another filter would have the broker drop messages that are meant for this one. */
    private void expectTheSameFilter(Settings settings, TopicRouteData route)
            throws RemotingException, InterruptedException, MQBrokerException {
        for (var address : RocketMqAdmin.masters(route.getBrokerDatas())) {
            if (!groups.filtersBy(
                    settings.group().value(),
                    settings.topic().value(),
                    settings.filter().expression(),
                    address)) {
                throw new SourceUnavailableException(
                        "consumer group %s has members with another filter still".formatted(settings.group()), null);
            }
        }
    }

    /** Brokers of one cluster have the same; one that does not tell is taken to have the default ones. */
    private DelayLevels delayLevels(TopicRouteData route) throws RemotingException, InterruptedException {
        for (var address : RocketMqAdmin.masters(route.getBrokerDatas())) {
            var told = admin.brokerSetting(address, "messageDelayLevel");
            if (told.isPresent()) {
                return DelayLevels.parse(told.get());
            }
        }
        return DelayLevels.DEFAULT;
    }

    /** Makes the group ready and gives back how many retry queues it has. */
    private int prepareGroup(Settings settings, TopicRouteData route) throws RemotingException, InterruptedException {
        var group = settings.group().value();
        try {
            return groups.prepareGroup(group, RETRY_QUEUES, route.getBrokerDatas());
        } catch (MQBrokerException | MQClientException e) {
            // Managed clusters keep this to their console; there the group has been made by hand.
            LOG.infof("the broker does not let the gateway prepare the group, it is used as it is group=%s", group);
            LOG.debug("the broker's reason", e);
            return route.getBrokerDatas().size();
        }
    }

    private static int queues(TopicRouteData route) {
        return route.getQueueDatas().stream()
                .mapToInt(QueueData::getReadQueueNums)
                .sum();
    }

    private DefaultMQPushConsumer consumer(Settings settings) throws MQClientException {
        var consumer = clients.newConsumer(settings.group().value());
        consumer.setMessageModel(MessageModel.CLUSTERING);
        // Not POP: there a message whose attempts are used up is acknowledged, which loses it.
        consumer.setClientRebalance(true);
        // For the queues that StartPosition did not see: whatever is in them is newer than the subscription.
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        // The executor's queue is unbounded, so only the minimum counts; the maximum lets it grow while running.
        consumer.setConsumeThreadMin(settings.callsAtFirst());
        consumer.setConsumeThreadMax(MAX_THREADS);
        consumer.setConsumeMessageBatchMaxSize(settings.limits().messagesPerCall());
        consumer.setConsumeTimeout(CONSUME_TIMEOUT_MINUTES);
        consumer.setMaxReconsumeTimes(settings.limits().attempts() - 1);
        consumer.setAwaitTerminationMillisWhenShutdown(0);
        var topic = settings.topic().value();
        if (settings.filter().sql()) {
            consumer.subscribe(topic, MessageSelector.bySql(settings.filter().expression()));
        } else {
            consumer.subscribe(topic, settings.filter().expression());
        }
        return consumer;
    }
}
