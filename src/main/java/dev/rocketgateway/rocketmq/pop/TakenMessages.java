package dev.rocketgateway.rocketmq.pop;

import dev.rocketgateway.rocketmq.pop.PopClient.Broker;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.exception.RemotingCommandException;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.header.ExtraInfoUtil;
import org.apache.rocketmq.remoting.protocol.header.PopMessageResponseHeader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the response to a POP, and gives each message its checkpoint.
 *
 * <p>The client's reader ({@code MQClientAPIImpl.processPopResponse}) trusts the property {@code POP_CK} of a message. A producer can set it,
 * for example by copying all properties of a message that it has received. The client then returns a message that nobody can acknowledge,
 * or fails for all messages of the response. This class uses a checkpoint in a message only if it belongs to the message and to this POP.
 * Not thread-safe.
 */
final class TakenMessages {

    /** How checkpoints and headers mark the topic, the retry topic of its group, and the retry topic with a name of version 2. */
    private static final List<String> TOPIC_MARKS = List.of("0", "1", "2");

    private final PopMessageResponseHeader header;
    private final String brokerName;
    private final Map<String, Long> starts;
    private final Map<String, List<Long>> offsets;
    private final Map<String, Integer> counts;
    private final Set<String> used = new HashSet<>();

    private TakenMessages(PopMessageResponseHeader header, String brokerName) {
        this.header = header;
        this.brokerName = brokerName;
        this.starts = orEmpty(ExtraInfoUtil.parseStartOffsetInfo(header.getStartOffsetInfo()));
        this.offsets = orEmpty(ExtraInfoUtil.parseMsgOffsetInfo(header.getMsgOffsetInfo()));
        this.counts = orEmpty(ExtraInfoUtil.parseOrderCountInfo(header.getOrderCountInfo()));
    }

    private static <T> Map<String, T> orEmpty(@Nullable Map<String, T> parsed) {
        return Objects.requireNonNullElse(parsed, Map.of());
    }

    /**
     * The messages of a response, with compressed bodies as they are stored.
     *
     * @throws MQBrokerException if the broker refused the call
     */
    static List<MessageExt> read(RemotingCommand response, Broker broker)
            throws MQBrokerException, RemotingCommandException {
        return switch (response.getCode()) {
            case ResponseCode.SUCCESS -> {
                var found = MessageDecoder.decodesBatch(ByteBuffer.wrap(response.getBody()), true, false, true);
                var header = response.decodeCommandCustomHeader(PopMessageResponseHeader.class);
                var taken = new TakenMessages(header, broker.name());
                found.forEach(taken::complete);
                yield found;
            }
            case ResponseCode.POLLING_FULL, ResponseCode.POLLING_TIMEOUT, ResponseCode.PULL_NOT_FOUND -> List.of();
            default -> throw new MQBrokerException(response.getCode(), response.getRemark(), broker.address());
        };
    }

    private void complete(MessageExt message) {
        message.setBrokerName(brokerName);
        var mark = mark(message);
        var checkpoint = checkpoint(message, mark);
        MessageAccessor.putProperty(message, MessageConst.PROPERTY_POP_CK, checkpoint);
        // An ordered group has its attempts here, for a message or for the queue.
        var count = counts.getOrDefault(
                mark + "@" + ExtraInfoUtil.getQueueOffsetKeyValueKey(message.getQueueId(), message.getQueueOffset()),
                counts.get(mark + "@" + message.getQueueId()));
        if (count != null && count > 0) {
            message.setReconsumeTimes(count);
        }
    }

    private String checkpoint(MessageExt message, String mark) {
        var fields = Stream.of(
                        starts.getOrDefault(mark + "@" + message.getQueueId(), message.getQueueOffset()),
                        header.getPopTime(),
                        header.getInvisibleTime(),
                        header.getReviveQid(),
                        mark,
                        brokerName,
                        message.getQueueId(),
                        message.getQueueOffset())
                .map(String::valueOf)
                .toList();
        return String.join(MessageConst.KEY_SEPARATOR, fields);
    }

    /**
     * The mark of the topic that stores the message. The header lists the offsets of all messages of the response, for the topic and its
     * retry topic. If both have a message at this place, the broker has written a checkpoint into the message of the retry topic.
     */
    private String mark(MessageExt message) {
        var written = message.getProperty(MessageConst.PROPERTY_POP_CK);
        var listed = TOPIC_MARKS.stream()
                .filter(mark -> isListed(message, mark) && !used.contains(place(message, mark)))
                .toList();
        var mark = listed.stream()
                .filter(one -> checkpoint(message, one).equals(written))
                .findFirst()
                .orElse(listed.isEmpty() ? TOPIC_MARKS.get(0) : listed.get(0));
        used.add(place(message, mark));
        return mark;
    }

    private boolean isListed(MessageExt message, String mark) {
        return offsets.getOrDefault(mark + "@" + message.getQueueId(), List.of())
                .contains(message.getQueueOffset());
    }

    private static String place(MessageExt message, String mark) {
        return mark + "@" + message.getQueueId() + "@" + message.getQueueOffset();
    }
}
