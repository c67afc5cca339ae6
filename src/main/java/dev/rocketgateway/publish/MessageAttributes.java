package dev.rocketgateway.publish;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a request says about its message besides the body, checked.
 *
 * @param keys without repeats, in the caller's order
 * @param timeout how long the caller wants to wait for the broker
 */
record MessageAttributes(
        Optional<String> tag, List<String> keys, Map<String, String> properties, Optional<Duration> timeout) {}
