/** The RocketMQ client: its instances, connections, credentials and log, and access to its internals. */
@NullMarked
package dev.rocketgateway.rocketmq.client;

import org.jspecify.annotations.NullMarked;
