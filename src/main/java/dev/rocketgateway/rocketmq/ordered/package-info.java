/** Receives the messages of each queue in order: one at a time, each with a lease (POP). */
@NullMarked
package dev.rocketgateway.rocketmq.ordered;

import org.jspecify.annotations.NullMarked;
