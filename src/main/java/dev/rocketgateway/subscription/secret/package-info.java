/** Secrets of subscriptions: from files, sealed in the store, and opened when they are used. */
@NullMarked
package dev.rocketgateway.subscription.secret;

import org.jspecify.annotations.NullMarked;
