/** Addresses, ports and URLs as values. */
@NullMarked
package dev.rocketgateway.webhook.address;

import org.jspecify.annotations.NullMarked;
