/** Serves {@code GET /topics/{topic}/messages:tail}: the messages of a topic as a stream. */
@NullMarked
package dev.rocketgateway.look.tail;

import org.jspecify.annotations.NullMarked;
