/** {@code GET /topics/{topic}}: queues, type, and whether it can be published to. */
@NullMarked
package dev.rocketgateway.publish.topic;

import org.jspecify.annotations.NullMarked;
