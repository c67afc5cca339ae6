/**
 * Reads subscriptions from JSON and from the configuration ({@code SubscriptionReader}), and writes them as JSON ({@code
 * SubscriptionWriter}).
 */
@NullMarked
package dev.rocketgateway.subscription.document;

import org.jspecify.annotations.NullMarked;
