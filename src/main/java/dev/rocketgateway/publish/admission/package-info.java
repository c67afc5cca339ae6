/** Whether a message may enter: limits in flight, and rates per caller and topic. */
@NullMarked
package dev.rocketgateway.publish.admission;

import org.jspecify.annotations.NullMarked;
