/** Sees to it that the subscriptions that should run, run. */
@NullMarked
package dev.rocketgateway.deliver.run;

import org.jspecify.annotations.NullMarked;
