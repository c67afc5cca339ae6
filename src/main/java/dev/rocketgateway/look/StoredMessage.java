package dev.rocketgateway.look;

import dev.rocketgateway.message.ReceivedMessage;
import java.time.Instant;
import java.util.Optional;

/**
 * A message as a broker stores it.
 *
 * @param queueOffset offset in the queue; for a scheduled message, its offset in a queue of RocketMQ itself
 * @param offsetMessageId the offset id, which says where the message is stored
 * @param scheduled whether the message is scheduled and not in the topic yet
 * @param dueAt when a scheduled message is due; empty if the broker does not return it, as for delay levels
 */
public record StoredMessage(
        ReceivedMessage message,
        String brokerName,
        int queueId,
        long queueOffset,
        Instant storedAt,
        String offsetMessageId,
        boolean scheduled,
        Optional<Instant> dueAt) {}
