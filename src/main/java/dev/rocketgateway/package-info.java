/** Starts and stops the gateway in order, and checks its settings; nothing depends on this package. */
@NullMarked
package dev.rocketgateway;

import org.jspecify.annotations.NullMarked;
