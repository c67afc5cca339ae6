package dev.rocketgateway.webhook;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * One POST to an endpoint.
 *
 * @param url http or https
 * @param headers names and values as they go on the wire
 * @param body not copied; must not be changed
 * @param timeout over the whole exchange, from the first attempt to connect to the last byte of the answer
 */
public record WebhookRequest(URI url, Map<String, String> headers, byte[] body, Duration timeout) {}
