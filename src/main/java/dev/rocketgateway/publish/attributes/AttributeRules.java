package dev.rocketgateway.publish.attributes;

import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.PublishConfig;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/**
 * The limits that attributes are checked against.
 *
 * @param reserved property names that RocketMQ reserves
 * @param maxTimeout the longest a caller may wait
 * @param maxDelay how far ahead a message may be scheduled
 * @param clock decides which delivery times are too far in the future
 */
public record AttributeRules(Set<String> reserved, Duration maxTimeout, Duration maxDelay, InstantSource clock) {

    public static AttributeRules of(MessagePublisher publisher, PublishConfig config) {
        return new AttributeRules(
                publisher.reservedProperties(), config.maxTimeout(), config.maxDelay(), InstantSource.system());
    }
}
