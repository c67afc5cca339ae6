/** When nothing is sent to an endpoint, and how fast otherwise. */
@NullMarked
package dev.rocketgateway.deliver.breaker;

import org.jspecify.annotations.NullMarked;
