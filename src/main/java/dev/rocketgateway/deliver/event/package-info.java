/** What happened to a delivery or a subscription, as values, and who listens. */
@NullMarked
package dev.rocketgateway.deliver.event;

import org.jspecify.annotations.NullMarked;
