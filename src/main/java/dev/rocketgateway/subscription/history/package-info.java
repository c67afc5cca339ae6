/** What became of deliveries and redrives, as it is kept. */
@NullMarked
package dev.rocketgateway.subscription.history;

import org.jspecify.annotations.NullMarked;
