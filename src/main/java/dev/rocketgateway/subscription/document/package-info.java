/** JSON and configuration become settings, of which {@code SubscriptionReader} makes a subscription; {@code SubscriptionWriter} writes it. */
@NullMarked
package dev.rocketgateway.subscription.document;

import org.jspecify.annotations.NullMarked;
