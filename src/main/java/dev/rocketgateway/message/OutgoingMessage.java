package dev.rocketgateway.message;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A message on its way to the broker, with everything about it checked.
 *
 * @param id the unique id, known before the broker has seen the message
 * @param body the bytes to store; not copied, so it must not be changed afterwards
 * @param keys search keys, each without whitespace, because RocketMQ separates them by spaces
 * @param messageGroup messages of one group go to one queue, in order
 * @param schedule absent for delivery at once
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
