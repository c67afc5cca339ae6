package dev.rocketgateway.publish;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a consumer has replied to a request.
 *
 * @param body not copied
 * @param properties the replier's own, without RocketMQ's
 */
public record ReplyMessage(byte[] body, Optional<String> tag, List<String> keys, Map<String, String> properties) {

    public ReplyMessage {
        keys = List.copyOf(keys);
        properties = Map.copyOf(properties);
    }
}
