package dev.rocketgateway.message;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A message that is about to be sent to the broker. All its parts have been checked.
 *
 * @param id the unique id, which exists before the broker gets the message
 * @param body the bytes to store; not copied, so it must not be changed afterwards
 * @param keys search keys, each without whitespace, because RocketMQ separates them by spaces
 * @param messageGroup name of the message group; messages of one group go to one queue, in order
 * @param schedule when the message is delivered; empty for immediately
 */
public record OutgoingMessage(
        String id,
        TopicName topic,
        byte[] body,
        Optional<String> tag,
        List<String> keys,
        Map<String, String> properties,
        Optional<String> messageGroup,
        Optional<DeliverySchedule> schedule) {

    public OutgoingMessage {
        keys = List.copyOf(keys);
        properties = Map.copyOf(properties);
    }

    public MessageType type() {
        if (schedule.isPresent()) {
            return MessageType.DELAY;
        }
        return messageGroup.isPresent() ? MessageType.FIFO : MessageType.NORMAL;
    }
}
