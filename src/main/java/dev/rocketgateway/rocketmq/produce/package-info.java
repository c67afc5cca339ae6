/** Sends messages to brokers. */
@NullMarked
package dev.rocketgateway.rocketmq.produce;

import org.jspecify.annotations.NullMarked;
