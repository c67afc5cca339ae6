/** Receives messages from brokers, and reads and moves the positions of consumer groups. */
@NullMarked
package dev.rocketgateway.rocketmq.consume;

import org.jspecify.annotations.NullMarked;
