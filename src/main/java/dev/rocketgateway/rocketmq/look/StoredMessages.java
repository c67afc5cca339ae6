package dev.rocketgateway.rocketmq.look;

import dev.rocketgateway.look.StoredMessage;
import dev.rocketgateway.rocketmq.RocketMqMessages;
import dev.rocketgateway.rocketmq.client.CompressedBodies;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;
import org.apache.rocketmq.common.message.MessageClientExt;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;

/** Converts messages that were read to {@link StoredMessage}. Thread-safe. */
@Singleton
class StoredMessages {

    private final CompressedBodies bodies;

    StoredMessages(CompressedBodies bodies) {
        this.bodies = bodies;
    }

    /** A message of the topic. */
    StoredMessage of(MessageExt wire, String topic) {
        return of(wire, topic, false, Optional.empty());
    }

    /** A scheduled message that is not due yet. */
    StoredMessage scheduled(MessageExt wire, String topic) {
        return of(
                wire,
                topic,
                true,
                Optional.ofNullable(wire.getProperty(MessageConst.PROPERTY_TIMER_OUT_MS))
                        .map(millis -> Instant.ofEpochMilli(Long.parseLong(millis))));
    }

    private StoredMessage of(MessageExt wire, String topic, boolean scheduled, Optional<Instant> dueAt) {
        return new StoredMessage(
                RocketMqMessages.toReceived(wire, topic, bodies.fault(wire)),
                wire.getBrokerName(),
                wire.getQueueId(),
                wire.getQueueOffset(),
                Instant.ofEpochMilli(wire.getStoreTimestamp()),
                wire instanceof MessageClientExt read ? read.getOffsetMsgId() : wire.getMsgId(),
                scheduled,
                dueAt);
    }
}
