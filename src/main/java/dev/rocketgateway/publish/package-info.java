/** HTTP to broker: a request publishes one message, or many. */
@NullMarked
package dev.rocketgateway.publish;

import org.jspecify.annotations.NullMarked;
