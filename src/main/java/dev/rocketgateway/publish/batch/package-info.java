/** Publishes many messages per request: as JSON, as a CloudEvents batch, or as a stream of lines. */
@NullMarked
package dev.rocketgateway.publish.batch;

import org.jspecify.annotations.NullMarked;
