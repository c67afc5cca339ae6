/** Subscriptions: which topic is forwarded to which endpoint, and how. */
@NullMarked
package dev.rocketgateway.subscription;

import org.jspecify.annotations.NullMarked;
