/** The packaged gateway against a real broker, both directions and their faults. */
@NullMarked
package dev.rocketgateway.it;

import org.jspecify.annotations.NullMarked;
