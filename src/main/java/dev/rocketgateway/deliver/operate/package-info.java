/** What operators do with subscriptions and dead letters, over HTTP. */
@NullMarked
package dev.rocketgateway.deliver.operate;

import org.jspecify.annotations.NullMarked;
