/** Broker to webhook: which subscriptions run, how one message is delivered, and what becomes of it at the broker. */
@NullMarked
package dev.rocketgateway.deliver;

import org.jspecify.annotations.NullMarked;
