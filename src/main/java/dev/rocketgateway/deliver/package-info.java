/** Broker to webhook: which subscriptions run, how one message is delivered, and what the broker is told about the message. */
@NullMarked
package dev.rocketgateway.deliver;

import org.jspecify.annotations.NullMarked;
