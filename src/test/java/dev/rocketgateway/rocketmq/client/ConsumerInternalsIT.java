package dev.rocketgateway.rocketmq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.TestBroker;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.junit.jupiter.api.Test;

/** On a real broker, because the fault that is avoided is a race between two of its threads. */
class ConsumerInternalsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final int CONSUMERS = 60;

    private final String instanceName = UUID.randomUUID().toString();
    private final String topic = BROKER.newTopic();

    private DefaultMQPushConsumer started(String group) throws MQClientException {
        var consumer = new DefaultMQPushConsumer(group);
        consumer.setNamesrvAddr(BROKER.nameServerAddress());
        consumer.setInstanceName(instanceName);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener(
                (MessageListenerConcurrently) (messages, context) -> ConsumeConcurrentlyStatus.CONSUME_SUCCESS);
        consumer.start();
        return consumer;
    }

    private static List<String> members(MQClientInstance client, String group) throws Exception {
        try {
            return client.getMQClientAPIImpl().getConsumerIdListByGroup(BROKER.address(), group, 3_000);
        } catch (MQBrokerException nobody) {
            return List.of();
        }
    }

    @Test
    void leavesNoMemberBehindAlthoughTheClientSendsHeartbeatsMeanwhile() throws Exception {
        var other = started("other-" + UUID.randomUUID());
        var client = ConsumerInternals.instanceOf(other);
        var done = new AtomicBoolean();
        var heartbeats = new Thread(() -> {
            while (!done.get()) {
                client.sendHeartbeatToAllBrokerWithLock();
            }
        });
        heartbeats.start();
        try {
            for (int i = 0; i < CONSUMERS; i++) {
                var group = "group-" + UUID.randomUUID();
                var consumer = started(group);

                ConsumerInternals.shutdown(consumer);

                assertThat(members(client, group)).as("consumer %d", i).isEmpty();
            }
        } finally {
            done.set(true);
            heartbeats.join();
            other.shutdown();
        }
    }
}
