package dev.rocketgateway.publish;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The reply of a consumer to a request.
 *
 * @param body not copied
 * @param properties the user properties of the reply, without those of RocketMQ
 */
public record ReplyMessage(byte[] body, Optional<String> tag, List<String> keys, Map<String, String> properties) {

    public ReplyMessage {
        keys = List.copyOf(keys);
        properties = Map.copyOf(properties);
    }
}
