/** A stand-in for RocketMQ, for the training run of the image build, which has no broker. A running gateway does not use it. */
@NullMarked
package dev.rocketgateway.rocketmq.training;

import org.jspecify.annotations.NullMarked;
