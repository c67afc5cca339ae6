/** Subscriptions: the topic, the endpoint or the pull settings, and how messages are delivered. */
@NullMarked
package dev.rocketgateway.subscription;

import org.jspecify.annotations.NullMarked;
