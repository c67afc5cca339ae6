/** History of deliveries and redrives: values and ports. */
@NullMarked
package dev.rocketgateway.subscription.history;

import org.jspecify.annotations.NullMarked;
