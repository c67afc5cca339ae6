/** Serves {@code GET /topics}: the topics that a caller may read. */
@NullMarked
package dev.rocketgateway.look.topic;

import org.jspecify.annotations.NullMarked;
