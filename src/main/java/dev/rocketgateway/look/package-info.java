/** Reads topics without consuming their messages: ports, values and settings. */
@NullMarked
package dev.rocketgateway.look;

import org.jspecify.annotations.NullMarked;
