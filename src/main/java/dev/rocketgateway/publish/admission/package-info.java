/** Decides whether a message is admitted: limits on messages and bytes in flight, and rates per caller and topic. */
@NullMarked
package dev.rocketgateway.publish.admission;

import org.jspecify.annotations.NullMarked;
