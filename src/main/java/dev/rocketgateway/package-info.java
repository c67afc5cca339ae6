/** Start order and stop order; nothing depends on this package. */
@NullMarked
package dev.rocketgateway;

import org.jspecify.annotations.NullMarked;
