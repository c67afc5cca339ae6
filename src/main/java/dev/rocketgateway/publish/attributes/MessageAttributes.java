package dev.rocketgateway.publish.attributes;

import dev.rocketgateway.message.DeliverySchedule;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.netty.buffer.ByteBufUtil;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The attributes that a caller sets on a message, checked.
 *
 * @param keys without repeats, in the caller's order
 * @param messageGroup messages of one group go to one queue, in order
 * @param schedule absent for immediate delivery; never together with a group
 */
public record MessageAttributes(
        Optional<String> tag,
        List<String> keys,
        Map<String, String> properties,
        Optional<String> messageGroup,
        Optional<DeliverySchedule> schedule) {

    /**
     * Maximum size of the attributes in bytes. RocketMQ carries 32767 bytes of properties. The difference is left for properties
     * that the client and the broker add.
     */
    public static final int MAX_BYTES = 32_000;

    public static final MessageAttributes NONE =
            new MessageAttributes(Optional.empty(), List.of(), Map.of(), Optional.empty(), Optional.empty());

    public MessageAttributes {
        keys = List.copyOf(keys);
        properties = Map.copyOf(properties);
    }

    /**
     * Returns the same attributes with additional properties and an additional key.
     *
     * @throws GatewayException {@code invalid-request} if the caller set one of the properties to another value, {@code
     *     properties-too-large}
     */
    MessageAttributes with(Map<String, String> more, Optional<String> key) {
        var allProperties = new LinkedHashMap<>(properties);
        var errors = new FieldErrors();
        more.forEach((name, value) -> {
            var other = allProperties.putIfAbsent(name, value);
            errors.check(
                    "property." + name,
                    other == null || other.equals(value)
                            ? null
                            : "differs from the value in the CloudEvent; send it once");
        });
        errors.throwIfAny();
        var allKeys = new LinkedHashSet<>(keys);
        key.ifPresent(allKeys::add);
        var all = new MessageAttributes(tag, List.copyOf(allKeys), allProperties, messageGroup, schedule);
        all.checkSize();
        return all;
    }

    /**
     * Checks that the attributes are not too large for a message.
     *
     * @throws GatewayException {@code properties-too-large}
     */
    void checkSize() {
        if (size() > MAX_BYTES) {
            throw GatewayException.of(
                    ProblemType.PROPERTIES_TOO_LARGE,
                    "Tag, keys, message group and properties have %d bytes together; a message can have at most %d."
                            .formatted(size(), MAX_BYTES));
        }
    }

    /** The size on the wire, in bytes. */
    public int size() {
        int size = tag.map(ByteBufUtil::utf8Bytes).orElse(0)
                + messageGroup.map(ByteBufUtil::utf8Bytes).orElse(0);
        for (String key : keys) {
            size += ByteBufUtil.utf8Bytes(key) + 1;
        }
        for (var property : properties.entrySet()) {
            size += ByteBufUtil.utf8Bytes(property.getKey()) + ByteBufUtil.utf8Bytes(property.getValue()) + 2;
        }
        return size;
    }

    public OutgoingMessage toMessage(String id, TopicName topic, byte[] body) {
        return new OutgoingMessage(id, topic, body, tag, keys, properties, messageGroup, schedule);
    }
}
