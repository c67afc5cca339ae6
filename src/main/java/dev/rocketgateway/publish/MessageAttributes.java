package dev.rocketgateway.publish;

import dev.rocketgateway.message.DeliverySchedule;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a caller says about a message besides its body, checked.
 *
 * @param keys without repeats, in the caller's order
 * @param messageGroup messages of one group go to one queue, in order
 * @param schedule absent for delivery at once; never together with a group
 */
record MessageAttributes(
        Optional<String> tag,
        List<String> keys,
        Map<String, String> properties,
        Optional<String> messageGroup,
        Optional<DeliverySchedule> schedule) {

    OutgoingMessage toMessage(String id, TopicName topic, byte[] body) {
        return new OutgoingMessage(id, topic, body, tag, keys, properties, messageGroup, schedule);
    }
}
