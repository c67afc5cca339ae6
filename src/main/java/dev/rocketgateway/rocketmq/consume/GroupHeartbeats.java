package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import dev.rocketgateway.rocketmq.client.ConsumerInternals;
import dev.rocketgateway.rocketmq.client.Namespaces;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.jboss.logging.Logger;

/**
 * Sends heartbeats of a consumer, with its subscription data, to the brokers that answer.
 *
 * <p>The client sends heartbeats too, but to one broker after the other, under a lock. A thread that finds the lock taken sends no
 * heartbeat. While one broker is silent, the other brokers get no heartbeat for 30 seconds or more. Meanwhile, they do not list the
 * member, so it gets no queue. Or they refuse its pulls, because the member has newer subscription data than they have (SUBSCRIPTION_NOT_LATEST).
 *
 * <p>Not thread-safe.
 */
final class GroupHeartbeats {

    private static final Logger LOG = Logger.getLogger(GroupHeartbeats.class);

    /** The client uses the same interval. A broker drops a member after two minutes. */
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    /** The last heartbeat to a broker. */
    private record Sent(Map<String, Long> versions, long at) {}

    private final DefaultMQPushConsumer consumer;
    private final BrokerHealth health;
    private final Map<String, Sent> last = new HashMap<>();

    GroupHeartbeats(DefaultMQPushConsumer consumer, BrokerHealth health) {
        this.consumer = consumer;
        this.health = health;
    }

    /**
     * Sends a heartbeat to each broker of the topic that answers and has old subscription data. While another broker is silent, also
     * sends a heartbeat to each broker that got none for 30 seconds. Waits for the answers.
     *
     * @return whether a broker got its first heartbeat
     */
    boolean send(String topic) {
        var route = ConsumerInternals.instanceOf(consumer)
                .getTopicRouteTable()
                .get(Namespaces.inNamespace(consumer, topic));
        if (route == null) {
            return false;
        }
        var versions = ConsumerInternals.versionsOfWhatIsRead(consumer);
        var brokers = route.getBrokerDatas();
        boolean oneIsSilent = brokers.stream().anyMatch(this::isSilent);
        long now = System.nanoTime();
        boolean first = false;
        for (var broker : brokers) {
            if (isSilent(broker)) {
                continue;
            }
            for (var address : broker.getBrokerAddrs().values()) {
                var before = last.get(address);
                if (before == null
                        || !before.versions().equals(versions)
                        || oneIsSilent && now - before.at() >= INTERVAL.toNanos()) {
                    first |= send(address, new Sent(versions, now)) && before == null;
                }
            }
        }
        return first;
    }

    private boolean isSilent(BrokerData broker) {
        return health.isSilent(broker.getBrokerName());
    }

    private boolean send(String address, Sent next) {
        try {
            ConsumerInternals.sendHeartbeat(consumer, address);
            last.put(address, next);
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
