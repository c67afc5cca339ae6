package dev.rocketgateway.rocketmq.admin;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.rocketmq.client.ClientShutdown;
import dev.rocketgateway.rocketmq.client.Namespaces;
import dev.rocketgateway.rocketmq.client.ProducerInternals;
import dev.rocketgateway.rocketmq.client.RocketMqClients;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.UnsupportedEncodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.MQClientAPIImpl;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.TopicAttributes;
import org.apache.rocketmq.common.attribute.TopicMessageType;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.exception.RemotingSendRequestException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.body.ClusterInfo;
import org.apache.rocketmq.remoting.protocol.heartbeat.HeartbeatData;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;

/**
 * Makes administrative calls to name servers and brokers, over its own connections. Every method blocks, at most for the probe
 * timeout per call; must not be called on event loops.
 */
@ApplicationScoped
public class RocketMqAdmin {

    private final DefaultMQProducer client;
    private final Duration timeout;
    private final KnownBrokers known;

    RocketMqAdmin(RocketMqClients clients, RocketMqConfig config, KnownBrokers known) {
        this.known = known;
        this.client = clients.newAdministrator();
        this.timeout = config.probeTimeout();
        try {
            client.start();
        } catch (MQClientException e) {
            throw new IllegalStateException("the RocketMQ admin client did not start", e);
        }
    }

    public Duration timeout() {
        return timeout;
    }

    @PreDestroy
    void stop() {
        ClientShutdown.within(timeout, "the admin client", instance(), client::shutdown);
    }

    /**
     * The topic's route, or empty if the name server knows none. If the connection ended, asks again within the remaining time. The
     * client closes a shared connection for all callers when one call times out.
     */
    public Optional<TopicRouteData> route(String topic)
            throws RemotingException, InterruptedException, MQClientException {
        long begun = System.nanoTime();
        try {
            return askForRoute(topic, timeout.toMillis());
        } catch (RemotingSendRequestException connectionEnded) {
            long left = timeout.minusNanos(System.nanoTime() - begun).toMillis();
            if (left <= 0) {
                throw connectionEnded;
            }
            return askForRoute(topic, left);
        }
    }

    private Optional<TopicRouteData> askForRoute(String topic, long timeoutMillis)
            throws RemotingException, InterruptedException, MQClientException {
        try {
            var route = api().getTopicRouteInfoFromNameServer(inNamespace(topic), timeoutMillis);
            known.seen(names(route.getBrokerDatas()));
            return Optional.of(route);
        } catch (MQClientException e) {
            if (e.getResponseCode() == ResponseCode.TOPIC_NOT_EXIST) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * The type of message the topic is declared for ({@code message.type}), or empty if it declares none or the broker does not
     * say.
     */
    Optional<TopicMessageType> declaredType(String topic, String brokerAddress)
            throws RemotingException, InterruptedException, MQBrokerException {
        try {
            var config = api().getTopicConfig(brokerAddress, inNamespace(topic), timeout.toMillis());
            return Optional.ofNullable(config.getAttributes())
                    .map(attributes -> attributes.get(TopicAttributes.TOPIC_MESSAGE_TYPE_ATTRIBUTE.getName()))
                    .map(TopicMessageType::valueOf);
        } catch (MQBrokerException e) {
            if (e.getResponseCode() == ResponseCode.NO_PERMISSION
                    || e.getResponseCode() == ResponseCode.REQUEST_CODE_NOT_SUPPORTED) {
                return Optional.empty();
            }
            throw e;
        } catch (IllegalArgumentException typeOfANewerBroker) {
            return Optional.empty();
        }
    }

    /** The brokers that the name server lists; empty if it answers without a list. */
    public Optional<ClusterInfo> cluster() throws RemotingException, InterruptedException {
        try {
            var cluster = api().getBrokerClusterInfo(timeout.toMillis());
            known.seen(names(brokers(cluster)));
            return Optional.of(cluster);
        } catch (MQBrokerException refused) {
            return Optional.empty();
        }
    }

    /** The brokers that the name server lists. */
    public static Collection<BrokerData> brokers(ClusterInfo cluster) {
        return cluster.getBrokerAddrTable() == null
                ? List.of()
                : cluster.getBrokerAddrTable().values();
    }

    static Set<String> names(Collection<BrokerData> brokers) {
        return brokers.stream().map(BrokerData::getBrokerName).collect(Collectors.toSet());
    }

    /**
     * The version of the broker as a number of {@code MQVersion}; empty if the broker answers without a version.
     *
     * @throws RemotingException if the broker does not answer
     */
    OptionalInt version(String brokerAddress) throws RemotingException, InterruptedException {
        try {
            var heartbeat = new HeartbeatData();
            heartbeat.setClientID(clientId());
            return OptionalInt.of(api().sendHeartbeat(brokerAddress, heartbeat, timeout.toMillis()));
        } catch (MQBrokerException refused) {
            return OptionalInt.empty();
        }
    }

    public long maxOffset(MessageQueue queue, String address)
            throws RemotingException, InterruptedException, MQBrokerException {
        return api().getMaxOffset(address, inNamespace(queue), timeout.toMillis());
    }

    public long offsetAt(MessageQueue queue, String address, long epochMillis)
            throws RemotingException, InterruptedException, MQBrokerException {
        return api().searchOffset(address, inNamespace(queue), epochMillis, timeout.toMillis());
    }

    public long minOffset(MessageQueue queue, String address)
            throws RemotingException, InterruptedException, MQBrokerException {
        return api().getMinOffset(address, inNamespace(queue), timeout.toMillis());
    }

    /** A setting of the broker; empty if the broker does not return it. */
    public Optional<String> brokerSetting(String address, String key) throws RemotingException, InterruptedException {
        try {
            return Optional.ofNullable(
                    api().getBrokerConfig(address, timeout.toMillis()).getProperty(key));
        } catch (MQBrokerException | UnsupportedEncodingException refused) {
            return Optional.empty();
        }
    }

    /** The address of the broker with this name, if the broker is in the route and has an address. */
    public static Optional<String> master(TopicRouteData route, String brokerName) {
        return route.getBrokerDatas().stream()
                .filter(broker -> broker.getBrokerName().equals(brokerName))
                .findFirst()
                .map(BrokerData::selectBrokerAddr);
    }

    public static List<String> masters(Collection<BrokerData> brokers) {
        var addresses = new ArrayList<String>();
        for (BrokerData broker : brokers) {
            var address = broker.selectBrokerAddr();
            if (address != null) {
                addresses.add(address);
            }
        }
        return addresses;
    }

    /**
     * The name on the wire. An instance endpoint ({@code http://MQ_INST_….…}) puts every topic and group into a namespace. The
     * client adds the namespace in its public calls, but not in the internal calls that the gateway makes.
     */
    public String inNamespace(String resource) {
        return Namespaces.inNamespace(client, resource);
    }

    /** The name in the gateway, without the namespace. */
    public String withoutNamespace(String onTheWire) {
        return Namespaces.withoutNamespace(client, onTheWire);
    }

    public MessageQueue inNamespace(MessageQueue queue) {
        return new MessageQueue(inNamespace(queue.getTopic()), queue.getBrokerName(), queue.getQueueId());
    }

    private MQClientInstance instance() {
        return ProducerInternals.instanceOf(client);
    }

    /** The id by which brokers know this client. */
    String clientId() {
        return instance().getClientId();
    }

    public MQClientAPIImpl api() {
        return instance().getMQClientAPIImpl();
    }
}
