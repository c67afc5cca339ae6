/** {@code DELETE /topics/{topic}/messages/{recallHandle}}: recalls a scheduled message before it is due. */
@NullMarked
package dev.rocketgateway.publish.recall;

import org.jspecify.annotations.NullMarked;
