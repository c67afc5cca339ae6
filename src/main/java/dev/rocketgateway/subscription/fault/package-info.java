/** Faults of a subscription, field by field. */
@NullMarked
package dev.rocketgateway.subscription.fault;

import org.jspecify.annotations.NullMarked;
