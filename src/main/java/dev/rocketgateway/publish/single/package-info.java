/** Publishes one message per request. */
@NullMarked
package dev.rocketgateway.publish.single;

import org.jspecify.annotations.NullMarked;
