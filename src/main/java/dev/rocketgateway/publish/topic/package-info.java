/** Serves {@code GET /topics/{topic}}: the queues and type of a topic, and whether it accepts messages. */
@NullMarked
package dev.rocketgateway.publish.topic;

import org.jspecify.annotations.NullMarked;
