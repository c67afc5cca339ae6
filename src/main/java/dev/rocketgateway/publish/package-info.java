/** HTTP to broker: one request publishes one message. */
@NullMarked
package dev.rocketgateway.publish;

import org.jspecify.annotations.NullMarked;
