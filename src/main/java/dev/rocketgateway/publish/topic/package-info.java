/** What is known of a topic. */
@NullMarked
package dev.rocketgateway.publish.topic;

import org.jspecify.annotations.NullMarked;
