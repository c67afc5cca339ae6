package dev.rocketgateway.rocketmq.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.deliver.MessageSource;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.Messages;
import dev.rocketgateway.rocketmq.client.ConsumerInternals;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.store.OffsetStore;
import org.apache.rocketmq.client.impl.consumer.DefaultMQPushConsumerImpl;
import org.apache.rocketmq.client.impl.consumer.ProcessQueue;
import org.apache.rocketmq.client.stat.ConsumerStatsManager;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.sysflag.MessageSysFlag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With the client's own objects, never started, and with its settlements that wait for a call of the listener. */
@SuppressWarnings("deprecation")
class MessageHandoverTest {

    private static final Settlement DEAD = new Settlement.DeadLetter();

    private final MessageQueue queue = new MessageQueue("orders", "broker-a", 2);
    private final ProcessQueue process = new ProcessQueue();
    private final DrainLatch latch = new DrainLatch();
    private final DeferredSettlements deferred = new DeferredSettlements(latch);
    private final List<Long> positions = new ArrayList<>();
    private final List<MessageExt> toListener = new ArrayList<>();
    private final ScheduledExecutorService statistics = Executors.newSingleThreadScheduledExecutor();
    private final List<MessageExt> received = Stream.of(40L, 41L, 42L)
            .map(offset -> {
                var message = new MessageExt();
                message.setTopic("orders");
                message.setBody(new byte[1]);
                message.setQueueOffset(offset);
                return message;
            })
            .toList();
    private boolean running = true;
    private boolean noThread;
    private MessageHandover handover;

    private final DefaultMQPushConsumerImpl client =
            new DefaultMQPushConsumerImpl(new DefaultMQPushConsumer("g"), null) {

                private final ConsumerStatsManager counters = new ConsumerStatsManager(statistics);

                @Override
                public ConsumerStatsManager getConsumerStatsManager() {
                    return counters;
                }
            };

    private final ConsumerInternals.Offer offer = new ConsumerInternals.Offer() {
        @Override
        public List<MessageExt> messages() {
            return received;
        }

        @Override
        public ConsumerInternals.HeldQueue queue() {
            return new ConsumerInternals.HeldQueue(client, queue, process);
        }

        @Override
        public boolean toListener(MessageExt message) {
            if (noThread) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return running && toListener.add(message);
        }
    };

    @BeforeEach
    void receive() {
        client.setOffsetStore((OffsetStore) Proxy.newProxyInstance(
                OffsetStore.class.getClassLoader(), new Class<?>[] {OffsetStore.class}, (self, method, given) -> {
                    assertThat(method.getName()).isEqualTo("updateOffset");
                    positions.add((Long) given[1]);
                    return null;
                }));
        process.putMessage(received);
        handover = new MessageHandover(
                offer, message -> Messages.message("m" + message.getQueueOffset(), 1), latch, deferred);
    }

    @AfterEach
    void stop() {
        statistics.shutdownNow();
    }

    private boolean isIdle() {
        return latch.awaitIdle(Duration.ZERO);
    }

    @Test
    void movesThePositionOverWhatIsAcknowledgedAndNoFurther() {
        for (int i = 0; i < 3; i++) {
            assertThat(handover.begin(i)).isTrue();
        }

        handover.acknowledge(1);
        assertThat(positions).containsExactly(40L);
        handover.acknowledge(0);
        assertThat(positions).containsExactly(40L, 42L);
        assertThat(isIdle()).isFalse();

        handover.acknowledge(2);
        assertThat(positions).containsExactly(40L, 42L, 43L);
        assertThat(isIdle()).isTrue();
        assertThat(toListener).isEmpty();
    }

    @Test
    void hasWhatTheClientReceived() {
        assertThat(handover.size()).isEqualTo(3);
        assertThat(handover.message(2).id()).isEqualTo("m42");
    }

    @Test
    void beginsTheConsumeTimeoutOfAMessageWithItsDelivery() {
        handover.begin(0);

        assertThat(MessageAccessor.getConsumeStartTimeStamp(received.get(0))).isNotEmpty();
        assertThat(MessageAccessor.getConsumeStartTimeStamp(received.get(1))).isNull();
    }

    @Test
    void beginsNothingWhileItDrains() {
        latch.begin();
        assertThat(handover.begin(0)).isFalse();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void beginsNothingWhenTheQueueHasMoved() {
        process.setDropped(true);

        assertThat(handover.begin(0)).isFalse();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void doesNotCountWhatIsAcknowledgedAfterTheDrain() {
        handover.begin(0);
        latch.begin();
        latch.close();

        handover.acknowledge(0);

        assertThat(positions).isEmpty();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void doesNotCountWhatIsAcknowledgedWhenTheQueueHasMoved() {
        handover.begin(0);
        process.setDropped(true);

        handover.acknowledge(0);

        assertThat(positions).isEmpty();
        assertThat(isIdle()).isTrue();
    }

    /** Settles as a dead letter, and counts what is asked of it. */
    private final class Counted implements MessageSource.Deferred {

        private int settled;
        private int dropped;

        @Override
        public Settlement settle() {
            settled++;
            return DEAD;
        }

        @Override
        public void drop() {
            dropped++;
        }
    }

    @Test
    void leavesOtherSettlementsToTheListener() {
        var first = new Counted();
        handover.begin(0);

        handover.settle(0, first);
        handover.settle(1, new Counted());

        assertThat(toListener).containsExactly(received.get(0), received.get(1));
        var begun = deferred.take(received.get(0));
        assertThat(begun.begun()).isTrue();
        assertThat(begun.settlement().settle()).isEqualTo(DEAD);
        assertThat(deferred.take(received.get(1)).begun()).isFalse();
        assertThat(deferred.take(received.get(2))).isNull();
        assertThat(first.dropped).isZero();
        assertThat(isIdle()).as("until the listener has returned").isFalse();
    }

    @Test
    void dropsSettlementsWhenTheQueueMovesBeforeTheListenerIsCalled() {
        var sent = new Counted();
        var held = new Counted();
        handover.begin(0);
        handover.settle(0, sent);
        handover.settle(1, held);
        deferred.refresh();
        assertThat(sent.dropped + held.dropped)
                .as("the listener will be called")
                .isZero();

        process.setDropped(true);
        deferred.refresh();
        deferred.refresh();

        assertThat(sent.dropped).isEqualTo(1);
        assertThat(held.dropped).isEqualTo(1);
        assertThat(sent.settled + held.settled).isZero();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void dropsSettlementsAtOnceWhenTheQueueHasMovedOrTheConsumerHasStopped() {
        var stopped = new Counted();
        running = false;
        handover.begin(0);
        handover.settle(0, stopped);
        assertThat(stopped.dropped).isEqualTo(1);
        running = true;

        var moved = new Counted();
        handover.begin(1);
        process.setDropped(true);
        handover.settle(1, moved);

        assertThat(moved.dropped).isEqualTo(1);
        assertThat(toListener).isEmpty();
        assertThat(isIdle()).isTrue();
    }

    @Test
    void submitsASettlementAgainThatFoundNoThread() {
        var settlement = new Counted();
        handover.begin(0);
        noThread = true;

        handover.settle(0, settlement);
        assertThat(toListener).isEmpty();
        noThread = false;
        deferred.refresh();
        deferred.refresh();

        assertThat(toListener).containsExactly(received.get(0));
        assertThat(settlement.dropped).isZero();
    }

    @Test
    void countsAMessageNoMoreThatIsGivenUp() {
        handover.begin(0);

        handover.giveUp(0);
        handover.giveUp(1);

        assertThat(isIdle()).isTrue();
    }

    @Test
    void takesLongWithALargeBody() {
        assertThat(handover.takesLong(0)).isFalse();
        received.get(0).setBody(new byte[64 * 1024]);
        assertThat(handover.takesLong(0)).isFalse();
        received.get(0).setBody(new byte[64 * 1024 + 1]);
        assertThat(handover.takesLong(0)).isTrue();
        received.get(1).setSysFlag(MessageSysFlag.COMPRESSED_FLAG);
        assertThat(handover.takesLong(1)).isTrue();
    }
}
