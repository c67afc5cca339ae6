/** Events of deliveries and subscriptions, as values, and the port for listeners. */
@NullMarked
package dev.rocketgateway.deliver.event;

import org.jspecify.annotations.NullMarked;
