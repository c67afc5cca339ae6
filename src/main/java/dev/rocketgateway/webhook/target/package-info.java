/** The target policy: where webhooks may go. */
@NullMarked
package dev.rocketgateway.webhook.target;

import org.jspecify.annotations.NullMarked;
