/** Lists topics, and reads their messages without a consumer group. */
@NullMarked
package dev.rocketgateway.rocketmq.look;

import org.jspecify.annotations.NullMarked;
