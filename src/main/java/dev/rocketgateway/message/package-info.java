/** Terms that both directions share: validated values that import only the JDK. */
@NullMarked
package dev.rocketgateway.message;

import org.jspecify.annotations.NullMarked;
