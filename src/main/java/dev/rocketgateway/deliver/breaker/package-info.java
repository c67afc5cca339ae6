/** Whether and how fast webhooks go out: circuit breaker, rate, permits. */
@NullMarked
package dev.rocketgateway.deliver.breaker;

import org.jspecify.annotations.NullMarked;
