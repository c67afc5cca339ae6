/** History of deliveries and of redrives (new deliveries of dead letters): values and ports. */
@NullMarked
package dev.rocketgateway.subscription.history;

import org.jspecify.annotations.NullMarked;
