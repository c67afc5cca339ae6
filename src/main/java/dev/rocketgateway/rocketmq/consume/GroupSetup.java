package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import dev.rocketgateway.rocketmq.admin.BrokerVersions;
import dev.rocketgateway.rocketmq.admin.GroupAdmin;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.jboss.logging.Logger;

/**
 * Prepares a consumer group on the brokers of a topic before the group receives messages: creates the group with its retry queues, and
 * sets its position in each queue. Blocks.
 */
@ApplicationScoped
class GroupSetup {

    private static final Logger LOG = Logger.getLogger(GroupSetup.class);

    /** Number of retry queues of a group on each broker. With RocketMQ's default of one, a single replica would get all retries. */
    private static final int RETRY_QUEUES = 8;

    private final GroupAdmin groups;
    private final StartPosition startPosition;
    private final BrokerHealth health;
    private final BrokerVersions versions;

    GroupSetup(GroupAdmin groups, StartPosition startPosition, BrokerHealth health, BrokerVersions versions) {
        this.versions = versions;
        this.health = health;
        this.groups = groups;
        this.startPosition = startPosition;
    }

    /**
     * The result of the preparation.
     *
     * @param retryQueues number of retry queues of the group
     * @param ready addresses of the brokers on which the group is ready, by name
     * @param silent names of brokers that did not answer or refused
     */
    record Result(int retryQueues, Map<String, String> ready, List<String> silent) {

        /** Names of the brokers that are ready. */
        Set<String> brokers() {
            return ready.keySet();
        }
    }

    /**
     * Prepares the group on each broker of the topic. A broker that does not answer or refuses does not affect the others.
     *
     * @param already names of brokers on which the group is ready
     * @throws RemotingException if no broker of the topic answers
     * @throws MQBrokerException if no broker accepts the group or its position
     */
    Result prepare(String group, String topic, Start start, TopicRouteData route, Set<String> already)
            throws RemotingException, InterruptedException, MQBrokerException {
        int retryQueues = 0;
        var ready = new TreeMap<String, String>();
        var silent = new ArrayList<String>();
        RemotingException silence = null;
        MQBrokerException refusal = null;
        versions.askUnknown(route.getBrokerDatas(), health);
        // Silent brokers come last. They get a request only if no other broker answers.
        var brokers = new ArrayList<>(route.getBrokerDatas());
        brokers.sort(Comparator.comparing(broker -> health.isSilent(broker.getBrokerName())));
        for (var broker : brokers) {
            if (broker.selectBrokerAddr() == null) {
                continue;
            }
            if (already.contains(broker.getBrokerName())) {
                ready.put(broker.getBrokerName(), broker.selectBrokerAddr());
                continue;
            }
            if (!ready.isEmpty() && health.isSilent(broker.getBrokerName())) {
                silent.add(broker.getBrokerName());
                continue;
            }
            try {
                retryQueues += prepareGroup(group, broker);
                startPosition.write(group, topic, start, route, broker);
                ready.put(broker.getBrokerName(), broker.selectBrokerAddr());
            } catch (RemotingException e) {
                LOG.debugf(e, "broker does not answer group=%s broker=%s", group, broker.getBrokerName());
                silent.add(broker.getBrokerName());
                silence = e;
            } catch (MQBrokerException e) {
                LOG.debugf(e, "broker refuses group=%s broker=%s", group, broker.getBrokerName());
                silent.add(broker.getBrokerName());
                refusal = e;
            }
        }
        if (ready.isEmpty() && refusal != null) {
            throw refusal;
        }
        if (ready.isEmpty() && silence != null) {
            throw silence;
        }
        return new Result(retryQueues, ready, silent);
    }

    private int prepareGroup(String group, BrokerData broker) throws RemotingException, InterruptedException {
        try {
            return groups.prepareGroup(group, RETRY_QUEUES, broker.selectBrokerAddr());
        } catch (MQBrokerException | MQClientException e) {
            // Managed clusters do not allow this call. There, operators create the group in the console.
            LOG.infof(
                    "the broker does not allow the gateway to prepare the consumer group, so the group stays as it is "
                            + "group=%s",
                    group);
            LOG.debug("the broker's reason", e);
            return 1;
        }
    }
}
