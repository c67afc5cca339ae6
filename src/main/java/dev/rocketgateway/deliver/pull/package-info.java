/** Receives, acknowledges and extends messages of pull subscriptions over HTTP. */
@NullMarked
package dev.rocketgateway.deliver.pull;

import org.jspecify.annotations.NullMarked;
