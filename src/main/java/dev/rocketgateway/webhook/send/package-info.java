/** Sends webhooks: the implementation of the port. */
@NullMarked
package dev.rocketgateway.webhook.send;

import org.jspecify.annotations.NullMarked;
