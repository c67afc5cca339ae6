/** Log levels, changed while the gateway runs. */
@NullMarked
package dev.rocketgateway.logs;

import org.jspecify.annotations.NullMarked;
