/** Subscriptions over HTTP. */
@NullMarked
package dev.rocketgateway.subscription.api;

import org.jspecify.annotations.NullMarked;
