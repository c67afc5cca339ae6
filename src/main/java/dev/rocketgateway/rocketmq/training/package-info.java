/** A stand-in for RocketMQ, for the training run of the image build, which has no broker. No part of a running gateway. */
@NullMarked
package dev.rocketgateway.rocketmq.training;

import org.jspecify.annotations.NullMarked;
