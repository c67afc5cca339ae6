package dev.rocketgateway.message;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A message as a consumer group received it.
 *
 * @param id the unique id; redeliveries have the same id
 * @param topic the topic to which the message was published, never the group's retry topic
 * @param messageGroup the message group with which the message was published
 * @param properties the user properties; without the reserved properties of client and broker
 * @param attempt number of this delivery, from 1
 * @param position where the message is stored; in a concurrent subscription, known on the first attempt only, because a
 *     redelivery comes from the retry topic
 * @param fault why the body cannot be delivered, for example because it cannot be decompressed; {@code body} then has the stored
 *     bytes
 */
public record ReceivedMessage(
        String id,
        String topic,
        byte[] body,
        Optional<String> tag,
        List<String> keys,
        Optional<String> messageGroup,
        Map<String, String> properties,
        Instant bornAt,
        int attempt,
        Optional<Position> position,
        Optional<String> fault) {

    /** Returns a copy with another position. */
    public ReceivedMessage at(Position other) {
        return new ReceivedMessage(
                id, topic, body, tag, keys, messageGroup, properties, bornAt, attempt, Optional.of(other), fault);
    }

    /** A position in a topic. */
    public record Position(String brokerName, int queueId, long queueOffset) {}
}
