package dev.rocketgateway.rocketmq.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import io.quarkus.runtime.configuration.MemorySize;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.impl.consumer.ProcessQueue;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;

/** With consumers of the client that are never started. */
@SuppressWarnings("deprecation")
class ReceiveBuffersTest {

    private static final int AT_ONCE = 16;

    private final ReceiveBuffers buffers = new ReceiveBuffers((RocketMqConfig) Proxy.newProxyInstance(
            RocketMqConfig.class.getClassLoader(),
            new Class<?>[] {RocketMqConfig.class},
            (self, method, given) -> new MemorySize(BigInteger.valueOf(64 * 1024 * 1024))));

    private DefaultMQPushConsumer opened() {
        var consumer = new DefaultMQPushConsumer("group");
        buffers.opened(consumer);
        return consumer;
    }

    private DefaultMQPushConsumer busy() {
        var consumer = opened();
        var queue = new ProcessQueue();
        queue.putMessage(List.of(new MessageExt()));
        consumer.getDefaultMQPushConsumerImpl()
                .getRebalanceImpl()
                .getProcessQueueTable()
                .put(new MessageQueue("orders", "broker-a", 0), queue);
        assertThat(buffers.becomesBusy(consumer)).isTrue();
        assertThat(buffers.becomesBusy(consumer)).isFalse();
        return consumer;
    }

    private int limit(DefaultMQPushConsumer consumer) {
        buffers.limitMessages(consumer, AT_ONCE, 4, 0);
        return consumer.getPullThresholdForTopic();
    }

    @Test
    void givesABusyConsumerSixteenMessagesForEachWebhook() {
        IntStream.range(0, 100).forEach(i -> opened());

        assertThat(limit(busy())).isEqualTo(16 * AT_ONCE);
    }

    @Test
    void sharesTheMessagesAmongBusyConsumers() {
        var consumers = IntStream.range(0, 128).mapToObj(i -> busy()).toList();

        assertThat(limit(consumers.get(0))).isEqualTo(8_192 / 128);
        consumers.subList(1, 128).forEach(buffers::closed);
        assertThat(limit(consumers.get(0))).isEqualTo(16 * AT_ONCE);
    }

    @Test
    void leavesEachAsManyAsItDeliversAtOnce() {
        var consumers = IntStream.range(0, 1_000).mapToObj(i -> busy()).toList();

        assertThat(limit(consumers.get(0))).isEqualTo(AT_ONCE);
    }

    @Test
    void givesAConsumerWithoutMessagesFew() {
        assertThat(limit(opened())).isEqualTo(2 * AT_ONCE);
    }

    @Test
    void countsAConsumerNoMoreWhoseMessagesAreFinished() {
        var finished = busy();
        finished.getDefaultMQPushConsumerImpl()
                .getRebalanceImpl()
                .getProcessQueueTable()
                .clear();

        assertThat(limit(finished)).isEqualTo(2 * AT_ONCE);
        assertThat(buffers.becomesBusy(finished)).isTrue();
    }
}
