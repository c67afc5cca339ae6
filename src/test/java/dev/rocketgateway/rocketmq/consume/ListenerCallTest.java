package dev.rocketgateway.rocketmq.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.impl.consumer.DefaultMQPushConsumerImpl;
import org.apache.rocketmq.client.impl.consumer.ProcessQueue;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With the client's own objects, never started, and a broker that takes messages back or not. */
@SuppressWarnings("deprecation")
class ListenerCallTest {

    private static final Settlement ACK = new Settlement.Acknowledge();
    private static final Settlement DEAD = new Settlement.DeadLetter();
    private static final Settlement UNSETTLED = new Settlement.Unsettled();
    private static final Settlement LATER = new Settlement.Redeliver(Optional.of(Duration.ofSeconds(8)));
    private static final ConsumeConcurrentlyStatus SUCCESS = ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
    private static final ConsumeConcurrentlyStatus AGAIN = ConsumeConcurrentlyStatus.RECONSUME_LATER;

    private final MessageQueue queue = new MessageQueue("orders", "broker-a", 2);
    private final ProcessQueue process = new ProcessQueue();
    private final DrainLatch latch = new DrainLatch();
    private final List<String> sentBack = new ArrayList<>();
    private final ConsumeConcurrentlyContext context = new ConsumeConcurrentlyContext(queue);
    private boolean brokerTakesBack = true;

    private final class Client extends DefaultMQPushConsumer {

        private final DefaultMQPushConsumerImpl impl = new DefaultMQPushConsumerImpl(this, null) {
            @Override
            public void sendMessageBack(MessageExt message, int level, MessageQueue from) throws MQBrokerException {
                if (!brokerTakesBack) {
                    throw new MQBrokerException(1, "not now");
                }
                sentBack.add(message.getMsgId() + " " + level);
            }
        };

        Client() {
            super("GW-billing");
        }

        @Override
        public DefaultMQPushConsumerImpl getDefaultMQPushConsumerImpl() {
            return impl;
        }
    }

    private ListenerCall call(String... ids) {
        return call(true, ids);
    }

    private ListenerCall call(boolean held, String... ids) {
        var client = new Client();
        if (held) {
            client.getDefaultMQPushConsumerImpl()
                    .getRebalanceImpl()
                    .getProcessQueueTable()
                    .put(queue, process);
        }
        var messages = Arrays.stream(ids).map(this::message).toList();
        process.putMessage(messages);
        return new ListenerCall(client, DelayLevels.parse("1s 5s 10s"), latch, messages, context);
    }

    private MessageExt message(String id) {
        var message = new MessageExt();
        message.setTopic("orders");
        message.setMsgId(id);
        message.setBody(new byte[1]);
        message.setQueueOffset(40 + id.charAt(0) - 'a');
        return message;
    }

    @Test
    void sendsNothingBackWhenAllAreAcknowledged() {
        assertThat(call("a").result(List.of(ACK))).isEqualTo(SUCCESS);
        assertThat(call("a", "b").result(List.of(ACK, ACK))).isEqualTo(SUCCESS);
        assertThat(sentBack).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 1", "PT1S, 1", "PT2S, 2", "PT10S, 3", "PT1H, 3", ", 0"})
    void letsTheClientSendASingleMessageBackAtTheLevelForItsDelay(Duration delay, int level) {
        var later = new Settlement.Redeliver(Optional.ofNullable(delay));

        assertThat(call("a").result(List.of(later))).isEqualTo(AGAIN);
        assertThat(context.getDelayLevelWhenNextConsume()).isEqualTo(level);
        assertThat(sentBack).isEmpty();
    }

    @Test
    void letsTheClientMakeASingleMessageADeadLetter() {
        assertThat(call("a").result(List.of(DEAD))).isEqualTo(AGAIN);
        assertThat(context.getDelayLevelWhenNextConsume()).isEqualTo(-1);
    }

    @Test
    void sendsEachOfSeveralBackByItself() {
        assertThat(call("a", "b", "c").result(List.of(LATER, ACK, DEAD))).isEqualTo(SUCCESS);
        assertThat(sentBack).containsExactly("a 3", "c -1");
    }

    @Test
    void letsTheClientTryAllAgainWhenTheBrokerTakesOneNotBack() {
        brokerTakesBack = false;

        assertThat(call("a", "b").result(List.of(ACK, LATER))).isEqualTo(AGAIN);
    }

    @Test
    void leavesUnsettledMessagesAsTheyAre() {
        assertThat(call("a", "b").result(List.of(UNSETTLED, LATER))).isEqualTo(AGAIN);
        assertThat(sentBack).isEmpty();
    }

    @Test
    void doesNotCountWhatIsSettledAfterTheQueueHasMoved() {
        var call = call("a", "b");
        assertThat(call.holds()).isTrue();
        process.setDropped(true);
        assertThat(call.holds()).isFalse();

        assertThat(call.result(List.of(LATER, ACK))).isEqualTo(AGAIN);
        assertThat(sentBack).isEmpty();
        assertThat(call(false, "a").holds()).as("moved before the call").isFalse();
    }

    @Test
    void doesNotCountWhatIsSettledAfterTheDrain() {
        latch.begin();
        assertThat(call("a", "b").result(List.of(LATER, ACK))).isEqualTo(SUCCESS);
        assertThat(sentBack).as("while draining").containsExactly("a 3");
        latch.close();

        assertThat(call("c", "d").result(List.of(LATER, ACK))).isEqualTo(AGAIN);
        assertThat(sentBack).containsExactly("a 3");
        latch.release();
    }
}
