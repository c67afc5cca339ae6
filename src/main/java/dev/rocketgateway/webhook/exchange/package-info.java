/** Makes one HTTP exchange with an endpoint, over a connection to a checked address. */
@NullMarked
package dev.rocketgateway.webhook.exchange;

import org.jspecify.annotations.NullMarked;
