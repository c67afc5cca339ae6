/** Receives messages with leases (POP): takes, acknowledges and extends them. */
@NullMarked
package dev.rocketgateway.rocketmq.pop;

import org.jspecify.annotations.NullMarked;
