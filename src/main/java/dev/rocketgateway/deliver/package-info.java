/**
 * Delivery from the broker to webhooks: which subscriptions run, how one message is delivered, and how the broker then settles it.
 */
@NullMarked
package dev.rocketgateway.deliver;

import org.jspecify.annotations.NullMarked;
