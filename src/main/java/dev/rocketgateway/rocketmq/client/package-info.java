/** The RocketMQ client: its instances, connections, credentials and log, and what lies behind its public classes. */
@NullMarked
package dev.rocketgateway.rocketmq.client;

import org.jspecify.annotations.NullMarked;
