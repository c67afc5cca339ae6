package dev.rocketgateway.publish.batch;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.admission.RateLimits;
import dev.rocketgateway.publish.attributes.RequestAttributes;
import io.opentelemetry.context.Context;

/**
 * The parts of a batch that are known before its body is read.
 *
 * @param trace trace context of the request
 */
record Batch(TopicName topic, SendMode mode, RequestAttributes attributes, RateLimits.Share rate, Context trace) {}
