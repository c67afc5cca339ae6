/** One HTTP request to an endpoint and what came of it; knows no RocketMQ and no subscription. */
@NullMarked
package dev.rocketgateway.webhook;

import org.jspecify.annotations.NullMarked;
