/** Receives messages from brokers, and reads and moves positions. */
@NullMarked
package dev.rocketgateway.rocketmq.consume;

import org.jspecify.annotations.NullMarked;
