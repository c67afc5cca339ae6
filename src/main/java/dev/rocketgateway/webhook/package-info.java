/** One HTTP request to an endpoint and its outcome; knows neither RocketMQ nor subscriptions. */
@NullMarked
package dev.rocketgateway.webhook;

import org.jspecify.annotations.NullMarked;
