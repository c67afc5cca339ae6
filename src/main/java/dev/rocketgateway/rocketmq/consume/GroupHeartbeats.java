package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import dev.rocketgateway.rocketmq.client.ClientInternals;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.jboss.logging.Logger;

/**
 * Tells the brokers that answer that a consumer is a member of its group, and what it reads.
 *
 * <p>The client tells them too, but one after the other, under a lock for which it does not wait. While one broker does not answer, the
 * others are not told for half a minute or more. Meanwhile they give the member no queue, or refuse its pulls, because what it reads
 * is newer than what they know (SUBSCRIPTION_NOT_LATEST).
 *
 * <p>Not thread-safe.
 */
final class GroupHeartbeats {

    private static final Logger LOG = Logger.getLogger(GroupHeartbeats.class);

    /** As often as the client does. A broker forgets a member after two minutes. */
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    /** What a broker was told. */
    private record Told(Map<String, Long> versions, long at) {}

    private final DefaultMQPushConsumer consumer;
    private final BrokerHealth health;
    private final Map<String, Told> told = new HashMap<>();

    GroupHeartbeats(DefaultMQPushConsumer consumer, BrokerHealth health) {
        this.consumer = consumer;
        this.health = health;
    }

    /**
     * Sends a heartbeat to each broker of the topic that answers and does not know what the consumer reads now; while another broker is
     * silent, also to those that have not heard for half a minute. Waits for their answers.
     *
     * @return whether a broker was told for the first time
     */
    boolean send(String topic) {
        var route = ClientInternals.instanceOf(consumer)
                .getTopicRouteTable()
                .get(ClientInternals.inNamespace(consumer, topic));
        if (route == null) {
            return false;
        }
        var versions = ClientInternals.versionsOfWhatIsRead(consumer);
        var brokers = route.getBrokerDatas();
        boolean oneIsSilent = brokers.stream().anyMatch(this::isSilent);
        long now = System.nanoTime();
        boolean first = false;
        for (var broker : brokers) {
            if (isSilent(broker)) {
                continue;
            }
            for (var address : broker.getBrokerAddrs().values()) {
                var before = told.get(address);
                if (before == null
                        || !before.versions().equals(versions)
                        || oneIsSilent && now - before.at() >= INTERVAL.toNanos()) {
                    first |= send(address, new Told(versions, now)) && before == null;
                }
            }
        }
        return first;
    }

    private boolean isSilent(BrokerData broker) {
        return health.isSilent(broker.getBrokerName());
    }

    private boolean send(String address, Told next) {
        try {
            ClientInternals.sendHeartbeat(consumer, address);
            told.put(address, next);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RemotingException | MQBrokerException e) {
            LOG.debugf(
                    e,
                    "broker did not accept the heartbeat, will be retried group=%s broker=%s",
                    consumer.getConsumerGroup(),
                    address);
        }
        return false;
    }
}
