/** One HTTP exchange with an endpoint, over a connection to an address that was checked. */
@NullMarked
package dev.rocketgateway.webhook.exchange;

import org.jspecify.annotations.NullMarked;
