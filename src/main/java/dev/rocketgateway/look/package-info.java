/** Looks at what is in topics, without a consumer group: ports, values and settings. */
@NullMarked
package dev.rocketgateway.look;

import org.jspecify.annotations.NullMarked;
