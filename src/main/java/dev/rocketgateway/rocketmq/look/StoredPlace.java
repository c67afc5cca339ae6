package dev.rocketgateway.rocketmq.look;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.look.ReadClient.Read;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageId;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.utils.NetworkUtil;
import org.apache.rocketmq.remoting.exception.RemotingException;

/**
 * Finds a message by its offset id: the address of a broker and an offset in the broker's log.
 *
 * <p>Callers choose the id, so the gateway does not trust it. The gateway connects only to brokers of the topic. A broker returns the
 * bytes at any offset, even from the middle of a body. So the gateway takes only a queue and an offset from these bytes, and reads the
 * message from this queue. Thread-safe; blocks.
 */
@ApplicationScoped
class StoredPlace {

    private static final Pattern ID = Pattern.compile("[0-9A-Fa-f]{32}|[0-9A-Fa-f]{56}");

    /** Extra time to wait, because the client checks for timeouts only once a second, and one second late. */
    private static final long LATE_MILLIS = 3_000;

    private final ReadClient client;
    private final RocketMqAdmin admin;

    StoredPlace(ReadClient client, RocketMqAdmin admin) {
        this.client = client;
        this.admin = admin;
    }

    /**
     * @param brokers addresses of the topic's brokers by name
     */
    Optional<MessageExt> find(TopicName topic, String id, Map<String, String> brokers)
            throws RemotingException, InterruptedException {
        var place = decode(id);
        if (place.isEmpty()) {
            return Optional.empty();
        }
        var address = NetworkUtil.socketAddress2String(place.get().getAddress());
        for (var broker : brokers.entrySet()) {
            if (broker.getValue().equals(address)) {
                return find(topic, broker.getKey(), address, place.get().getOffset());
            }
        }
        return Optional.empty();
    }

    private static Optional<MessageId> decode(String id) {
        try {
            return ID.matcher(id).matches() ? Optional.of(MessageDecoder.decodeMessageId(id)) : Optional.empty();
        } catch (UnknownHostException | RuntimeException notAnAddress) {
            return Optional.empty();
        }
    }

    private Optional<MessageExt> find(TopicName topic, String brokerName, String address, long offset)
            throws RemotingException, InterruptedException {
        try {
            var claimed = client.api()
                    .viewMessage(
                            address,
                            admin.inNamespace(topic.value()),
                            offset,
                            admin.timeout().toMillis());
            if (claimed == null) {
                return Optional.empty();
            }
            var queue = new MessageQueue(topic.value(), brokerName, claimed.getQueueId());
            var result = client.read(new Read(queue, address, claimed.getQueueOffset(), 1))
                    .get(admin.timeout().toMillis() + LATE_MILLIS, TimeUnit.MILLISECONDS);
            return client.messages(result, brokerName).stream()
                    .filter(message -> message.getCommitLogOffset() == offset)
                    .findFirst();
        } catch (MQBrokerException | ExecutionException | TimeoutException | RuntimeException nothingThere) {
            // The bytes at the offset are not a message, or not a message of the topic.
            return Optional.empty();
        }
    }
}
