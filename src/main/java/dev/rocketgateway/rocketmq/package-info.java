/** The adapters to the RocketMQ client: the only package that imports it. */
@NullMarked
package dev.rocketgateway.rocketmq;

import org.jspecify.annotations.NullMarked;
