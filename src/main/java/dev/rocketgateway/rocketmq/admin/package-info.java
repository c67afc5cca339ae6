/** Asks brokers and name servers about topics, groups, versions and filters, and probes which brokers answer. */
@NullMarked
package dev.rocketgateway.rocketmq.admin;

import org.jspecify.annotations.NullMarked;
