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
 */
public record OutgoingMessage(
        String id,
        TopicName topic,
        byte[] body,
        Optional<String> tag,
        List<String> keys,
        Map<String, String> properties) {

    public OutgoingMessage {
        keys = List.copyOf(keys);
        properties = Map.copyOf(properties);
    }
}
