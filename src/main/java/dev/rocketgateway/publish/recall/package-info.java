/** Recalls scheduled messages before they are due: {@code DELETE /topics/{topic}/messages/{recallHandle}}. */
@NullMarked
package dev.rocketgateway.publish.recall;

import org.jspecify.annotations.NullMarked;
