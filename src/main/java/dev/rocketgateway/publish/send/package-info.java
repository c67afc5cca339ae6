/** Sends messages to the broker, alone or together with others. */
@NullMarked
package dev.rocketgateway.publish.send;

import org.jspecify.annotations.NullMarked;
