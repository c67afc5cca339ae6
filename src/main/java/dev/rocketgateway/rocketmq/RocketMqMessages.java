package dev.rocketgateway.rocketmq;

import dev.rocketgateway.message.DeliverySchedule;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.publish.ReplyMessage;
import dev.rocketgateway.publish.SendReceipt;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageClientExt;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;
import org.jspecify.annotations.Nullable;

/** Converts between the gateway's messages and results and those of the RocketMQ client, in both directions. */
public final class RocketMqMessages {

    /** ApsaraMQ's property for the delivery time, in milliseconds since 1970. */
    private static final String CLOUD_DELIVERY_TIME = "__STARTDELIVERTIME";

    /** Names of RocketMQ's own properties: callers cannot set them, and webhooks do not carry them. */
    public static final Set<String> RESERVED_PROPERTIES = Stream.concat(
                    MessageConst.STRING_HASH_SET.stream(),
                    Stream.of(
                            MessageConst.PROPERTY_SHARDING_KEY,
                            MessageConst.PROPERTY_TIMER_ROLL_LABEL,
                            CLOUD_DELIVERY_TIME))
            .collect(Collectors.toUnmodifiableSet());

    /**
     * Bytes of a message in a batch besides its body and attributes: the fields of {@link EncodedBatch}, the id, and the names of
     * RocketMQ's own properties.
     */
    private static final int BATCH_ENTRY_OVERHEAD = 200;

    /** A {@code char} takes at most three bytes in UTF-8. */
    private static final int MAX_BYTES_OF_A_CHARACTER = 3;

    private RocketMqMessages() {}

    /**
     * Converts a message that is to be sent.
     *
     * @param channel decides the property for a delivery time, which differs between ApsaraMQ and Apache RocketMQ
     */
    public static Message toWire(OutgoingMessage message, RocketMqConfig.Channel channel) {
        var wire = new Message(message.topic().value(), message.body());
        MessageAccessor.putProperty(wire, MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX, message.id());
        message.tag().ifPresent(wire::setTags);
        if (!message.keys().isEmpty()) {
            wire.setKeys(message.keys());
        }
        // Not putUserProperty, which refuses blank values: a dead letter keeps the values of its producer.
        message.properties().forEach((name, value) -> MessageAccessor.putProperty(wire, name, value));
        message.messageGroup()
                .ifPresent(group -> MessageAccessor.putProperty(wire, MessageConst.PROPERTY_SHARDING_KEY, group));
        message.schedule().ifPresent(schedule -> schedule(wire, schedule, channel));
        return wire;
    }

    /** The maximum number of bytes that the message adds to a batch. */
    public static int batchSize(OutgoingMessage message) {
        int characters = message.tag().map(String::length).orElse(0);
        for (var key : message.keys()) {
            characters += key.length() + 1;
        }
        for (var property : message.properties().entrySet()) {
            characters += property.getKey().length() + property.getValue().length() + 2;
        }
        return message.body().length + MAX_BYTES_OF_A_CHARACTER * characters + BATCH_ENTRY_OVERHEAD;
    }

    private static void schedule(Message wire, DeliverySchedule schedule, RocketMqConfig.Channel channel) {
        if (schedule instanceof DeliverySchedule.Level fixed) {
            wire.setDelayTimeLevel(fixed.level());
        } else if (schedule instanceof DeliverySchedule.After after) {
            wire.setDelayTimeMs(after.delay().toMillis());
            cloud(wire, System.currentTimeMillis() + after.delay().toMillis(), channel);
        } else if (schedule instanceof DeliverySchedule.At at) {
            // A broker without a timer refuses even a time that has passed.
            if (at.time().toEpochMilli() > System.currentTimeMillis()) {
                wire.setDeliverTimeMs(at.time().toEpochMilli());
                cloud(wire, at.time().toEpochMilli(), channel);
            }
        } else {
            throw new IllegalArgumentException("unknown schedule " + schedule);
        }
    }

    private static void cloud(Message wire, long epochMillis, RocketMqConfig.Channel channel) {
        if (channel == RocketMqConfig.Channel.CLOUD) {
            MessageAccessor.putProperty(wire, CLOUD_DELIVERY_TIME, String.valueOf(epochMillis));
        }
    }

    public static SendReceipt toReceipt(SendResult result) {
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

    /** One receipt for each message of a batch. The broker stores the messages of a batch at consecutive offsets. */
    public static List<SendReceipt> toReceipts(SendResult result, List<OutgoingMessage> messages) {
        var first = toReceipt(result);
        var offsetIds = first.offsetMsgId() == null
                ? new String[0]
                : first.offsetMsgId().split(",");
        var receipts = new ArrayList<SendReceipt>(messages.size());
        for (int i = 0; i < messages.size(); i++) {
            receipts.add(new SendReceipt(
                    first.sendStatus(),
                    messages.get(i).id(),
                    offsetIds.length == messages.size() ? offsetIds[i] : null,
                    first.messageQueue(),
                    first.queueOffset() + i,
                    null,
                    first.regionId(),
                    first.traceOn(),
                    null));
        }
        return receipts;
    }

    public static ReplyMessage toReply(Message wire) {
        return new ReplyMessage(
                wire.getBody() == null ? new byte[0] : wire.getBody(),
                Optional.ofNullable(absentIfEmpty(wire.getTags())),
                keys(wire.getKeys()),
                userProperties(wire));
    }

    public static Map<String, String> userProperties(Message wire) {
        var properties = new HashMap<>(wire.getProperties());
        properties.keySet().removeAll(RESERVED_PROPERTIES);
        return properties;
    }

    public static Optional<String> tag(Message wire) {
        return Optional.ofNullable(absentIfEmpty(wire.getTags()));
    }

    public static List<String> keys(Message wire) {
        return keys(wire.getKeys());
    }

    public static Optional<String> messageGroup(Message wire) {
        return Optional.ofNullable(absentIfEmpty(wire.getProperty(MessageConst.PROPERTY_SHARDING_KEY)));
    }

    /**
     * Converts a received message.
     *
     * @param topic the topic of the subscription. A message from the retry topic also names its original topic, but this name is
     *     not reliable: the broker writes it only if the producer has not written one.
     * @param fault why the body cannot be used, or empty if it can
     */
    public static ReceivedMessage toReceived(MessageExt wire, String topic, Optional<String> fault) {
        int attempt = wire.getReconsumeTimes() + 1;
        // A redriven dead letter is at its first attempt again, but it is in the retry topic.
        boolean whereItWasPublished = attempt == 1 && wire.getProperty(MessageConst.PROPERTY_RETRY_TOPIC) == null;
        return new ReceivedMessage(
                id(wire),
                topic,
                wire.getBody() == null ? new byte[0] : wire.getBody(),
                tag(wire),
                keys(wire),
                messageGroup(wire),
                userProperties(wire),
                Instant.ofEpochMilli(wire.getBornTimestamp()),
                attempt,
                whereItWasPublished
                        ? Optional.of(new ReceivedMessage.Position(
                                wire.getBrokerName(), wire.getQueueId(), wire.getQueueOffset()))
                        : Optional.empty(),
                fault);
    }

    /**
     * The unique id of the message. If the message has none, the id of the place where it was first stored; the broker keeps this
     * id across retries.
     */
    public static String id(MessageExt wire) {
        var unique = absentIfEmpty(wire.getProperty(MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX));
        if (unique != null) {
            return unique;
        }
        var origin = absentIfEmpty(wire.getProperty(MessageConst.PROPERTY_ORIGIN_MESSAGE_ID));
        if (origin != null) {
            return origin;
        }
        return wire instanceof MessageClientExt received ? received.getOffsetMsgId() : wire.getMsgId();
    }

    /** The transaction id; null without a transaction, for which the client repeats the message id. */
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
