package dev.rocketgateway.rocketmq;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.publish.SendReceipt;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;
import org.jspecify.annotations.Nullable;

/** Between our words and the client's, in both directions. */
final class RocketMqMessages {

    private RocketMqMessages() {}

    static Message toWire(OutgoingMessage message) {
        var wire = new Message(message.topic().value(), message.body());
        MessageAccessor.putProperty(wire, MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX, message.id());
        message.tag().ifPresent(wire::setTags);
        if (!message.keys().isEmpty()) {
            wire.setKeys(message.keys());
        }
        message.properties().forEach(wire::putUserProperty);
        return wire;
    }

    static SendReceipt toReceipt(SendResult result) {
        var queue = result.getMessageQueue();
        return new SendReceipt(
                switch (result.getSendStatus()) {
                    case SEND_OK -> SendReceipt.Status.SEND_OK;
                    case FLUSH_DISK_TIMEOUT -> SendReceipt.Status.FLUSH_DISK_TIMEOUT;
                    case FLUSH_SLAVE_TIMEOUT -> SendReceipt.Status.FLUSH_SLAVE_TIMEOUT;
                    case SLAVE_NOT_AVAILABLE -> SendReceipt.Status.SLAVE_NOT_AVAILABLE;
                },
                result.getMsgId(),
                absentIfEmpty(result.getOffsetMsgId()),
                new SendReceipt.Queue(queue.getTopic(), queue.getBrokerName(), queue.getQueueId()),
                result.getQueueOffset(),
                transactionId(result),
                absentIfEmpty(result.getRegionId()),
                result.isTraceOn(),
                absentIfEmpty(result.getRecallHandle()));
    }

    static ReceivedMessage toReceived(MessageExt wire) {
        var properties = new HashMap<>(wire.getProperties());
        properties.keySet().removeAll(MessageConst.STRING_HASH_SET);
        int attempt = wire.getReconsumeTimes() + 1;
        return new ReceivedMessage(
                wire.getMsgId(),
                wire.getTopic(),
                wire.getBody() == null ? new byte[0] : wire.getBody(),
                Optional.ofNullable(absentIfEmpty(wire.getTags())),
                keys(wire.getKeys()),
                properties,
                Instant.ofEpochMilli(wire.getBornTimestamp()),
                attempt,
                attempt == 1
                        ? Optional.of(new ReceivedMessage.Position(
                                wire.getBrokerName(), wire.getQueueId(), wire.getQueueOffset()))
                        : Optional.empty());
    }

    /** The client repeats the message id where there was no transaction. */
    private static @Nullable String transactionId(SendResult result) {
        var id = result.getTransactionId();
        return id == null || id.equals(result.getMsgId()) ? null : absentIfEmpty(id);
    }

    private static List<String> keys(@Nullable String joined) {
        return joined == null || joined.isBlank()
                ? List.of()
                : List.of(joined.strip().split(MessageConst.KEY_SEPARATOR + "+"));
    }

    private static @Nullable String absentIfEmpty(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
