package dev.rocketgateway.rocketmq;

import org.apache.rocketmq.client.ClientConfig;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * The one place that reaches behind the client's public classes. It marks the way deprecated, and offers no other to the
 * name server's answers, to a hook beside the ACL's, or to a new look at a topic's queues.
 */
@SuppressWarnings("deprecation")
final class ClientInternals {

    private ClientInternals() {}

    /** The connections and threads a started producer uses. */
    static MQClientInstance instanceOf(DefaultMQProducer started) {
        return started.getDefaultMQProducerImpl().getMqClientFactory();
    }

    /** The connections and threads a started consumer uses. */
    static MQClientInstance instanceOf(DefaultMQPushConsumer started) {
        return started.getDefaultMQPushConsumerImpl().getmQClientFactory();
    }

    /** The name of a topic or group as the client sends it. */
    static String inNamespace(ClientConfig client, String resource) {
        return client.withNamespace(resource);
    }

    /** Asks the queue's broker for its highest offset, over the producer's own connection. */
    static long maxOffset(DefaultMQProducer started, MessageQueue queue) throws MQClientException {
        return started.maxOffset(queue);
    }
}
