/** Sends a webhook: one HTTP request to an endpoint, and its outcome. Knows neither RocketMQ nor subscriptions. */
@NullMarked
package dev.rocketgateway.webhook;

import org.jspecify.annotations.NullMarked;
