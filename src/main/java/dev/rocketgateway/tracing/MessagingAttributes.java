package dev.rocketgateway.tracing;

import io.opentelemetry.api.common.AttributeKey;
import java.util.List;

/**
 * Names of span attributes: semantic conventions of OpenTelemetry 1.37, messaging (in development) with those of RocketMQ, and HTTP.
 */
final class MessagingAttributes {

    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");
    static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    static final AttributeKey<String> CONSUMER_GROUP = AttributeKey.stringKey("messaging.consumer.group.name");
    static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");
    static final AttributeKey<Long> BODY_SIZE = AttributeKey.longKey("messaging.message.body.size");
    static final AttributeKey<Long> BATCH_COUNT = AttributeKey.longKey("messaging.batch.message_count");
    static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("messaging.rocketmq.namespace");
    static final AttributeKey<String> TAG = AttributeKey.stringKey("messaging.rocketmq.message.tag");
    static final AttributeKey<List<String>> KEYS = AttributeKey.stringArrayKey("messaging.rocketmq.message.keys");
    static final AttributeKey<String> TYPE = AttributeKey.stringKey("messaging.rocketmq.message.type");
    static final AttributeKey<String> GROUP = AttributeKey.stringKey("messaging.rocketmq.message.group");
    static final AttributeKey<Long> DELIVERY_TIME =
            AttributeKey.longKey("messaging.rocketmq.message.delivery_timestamp");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");
    static final AttributeKey<String> SERVER = AttributeKey.stringKey("server.address");
    static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
    static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("rocketgateway.attempt");
    static final AttributeKey<String> SUBSCRIPTION = AttributeKey.stringKey("rocketgateway.subscription");

    static final String ROCKETMQ = "rocketmq";

    private MessagingAttributes() {}
}
