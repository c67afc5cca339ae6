/** Subscriptions as text: read from JSON and from the configuration, and written. */
@NullMarked
package dev.rocketgateway.subscription.document;

import org.jspecify.annotations.NullMarked;
