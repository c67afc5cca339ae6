/** Asks brokers and name servers: topics, groups, versions, filters, and which brokers answer. */
@NullMarked
package dev.rocketgateway.rocketmq.admin;

import org.jspecify.annotations.NullMarked;
