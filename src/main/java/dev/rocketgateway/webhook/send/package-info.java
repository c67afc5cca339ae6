/** Sends webhooks: implements {@code WebhookSender}. */
@NullMarked
package dev.rocketgateway.webhook.send;

import org.jspecify.annotations.NullMarked;
