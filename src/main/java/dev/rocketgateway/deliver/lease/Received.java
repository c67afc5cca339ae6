package dev.rocketgateway.deliver.lease;

import dev.rocketgateway.message.ReceivedMessage;
import java.time.Instant;

/**
 * A message that a worker has received.
 *
 * @param receipt acknowledges the message or extends its lease, on any replica
 * @param visibleUntil when the lease ends; then the message comes again
 */
public record Received(ReceivedMessage message, String receipt, Instant visibleUntil) {}
