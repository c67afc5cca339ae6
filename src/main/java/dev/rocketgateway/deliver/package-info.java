/** Broker to webhook: what runs, what happens to one message, and what the broker is told about it. */
@NullMarked
package dev.rocketgateway.deliver;

import org.jspecify.annotations.NullMarked;
