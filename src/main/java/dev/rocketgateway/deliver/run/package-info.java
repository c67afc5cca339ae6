/** Starts, updates and stops subscriptions, so that those that should run do run. */
@NullMarked
package dev.rocketgateway.deliver.run;

import org.jspecify.annotations.NullMarked;
