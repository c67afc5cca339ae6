package dev.rocketgateway.rocketmq.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SendTriesTest {

    private static final List<MessageQueue> QUEUES =
            List.of(new MessageQueue("t", "broker-a", 0), new MessageQueue("t", "broker-b", 0));
    private static final RetryPolicy ASYNC = RetryPolicy.async(2);
    private static final RetryPolicy SYNC = RetryPolicy.sync(2, Set.of(ResponseCode.SYSTEM_BUSY));
    private static final MQBrokerException REFUSED = new MQBrokerException(ResponseCode.MESSAGE_ILLEGAL, "no");
    private static final SendResult STORED = new SendResult();
    private static final RemotingConnectException NO_CONNECTION = new RemotingConnectException("10.0.0.1:10911");

    private final Set<String> withoutAddress = new HashSet<>();
    private final Queue<Runnable> blocked = new ConcurrentLinkedQueue<>();
    private final Queue<Consumer<SendCallback>> behaviors = new ArrayDeque<>();
    private final List<String> tried = Collections.synchronizedList(new ArrayList<>());
    private final List<Object> results = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean mayBeStored;
    private boolean stopping;

    private final BrokerHealth health =
            new BrokerHealth(Duration.ofSeconds(1), Duration.ofMillis(100), System::nanoTime);
    private final SendTries tries = new SendTries(
            new Producer(),
            health,
            new QueueChoice(health),
            broker -> !withoutAddress.contains(broker),
            Runnable::run,
            task -> {
                if (stopping) {
                    throw new RejectedExecutionException();
                }
                blocked.add(task);
            });

    /** Notes the broker of each send, and lets the next behavior answer; without one, nobody answers. */
    private final class Producer extends DefaultMQProducer {
        @Override
        public void send(Message message, MessageQueue queue, SendCallback callback, long timeout) {
            tried.add(queue.getBrokerName());
            if (!behaviors.isEmpty()) {
                behaviors.remove().accept(callback);
            }
        }
    }

    private void send(RetryPolicy policy) {
        send(policy, 3_000);
    }

    private void send(RetryPolicy policy, long timeoutMillis) {
        tries.send(
                new Message("t", new byte[0]),
                QUEUES,
                policy,
                new SendTries.Result() {
                    @Override
                    public void succeeded(SendResult result) {
                        results.add(result);
                    }

                    @Override
                    public void failed(Throwable cause, boolean open) {
                        results.add(cause);
                        mayBeStored = open;
                    }
                },
                timeoutMillis);
    }

    @Test
    void sendsOnTheCallersThread() {
        behaviors.add(callback -> callback.onSuccess(STORED));

        send(ASYNC);

        assertThat(results).containsExactly(STORED);
        assertThat(blocked).isEmpty();
    }

    @Test
    void sendsOnABlockingThreadToABrokerWithoutAddress() {
        withoutAddress.addAll(List.of("broker-a", "broker-b"));
        behaviors.add(callback -> callback.onSuccess(STORED));

        send(ASYNC);
        assertThat(tried).as("on the caller's thread").isEmpty();
        blocked.remove().run();

        assertThat(results).containsExactly(STORED);
    }

    @Test
    void failsIfItIsStopping() {
        withoutAddress.addAll(List.of("broker-a", "broker-b"));
        stopping = true;

        send(ASYNC);

        assertThat(results).singleElement().isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void triesEachBrokerWhenAConnectionFails() {
        behaviors.add(callback -> callback.onException(NO_CONNECTION));
        behaviors.add(callback -> callback.onException(new MQClientException("send failed", NO_CONNECTION)));
        behaviors.add(callback -> callback.onException(NO_CONNECTION));

        send(ASYNC);

        assertThat(tried).hasSize(3).startsWith(tried.get(0)).contains("broker-a", "broker-b");
        assertThat(tried.subList(0, 2)).as("the other broker next").doesNotHaveDuplicates();
        assertThat(results).containsExactly(NO_CONNECTION);
    }

    @Test
    void doesNotTryAgainAfterARefusalOrATimeout() {
        var refused = new MQBrokerException(2, "busy");
        var late = new MQClientException("wait response timeout", new RemotingTimeoutException("10.0.0.1"));
        behaviors.add(callback -> callback.onException(refused));
        behaviors.add(callback -> callback.onException(late));

        send(ASYNC);
        send(ASYNC);

        assertThat(tried).hasSize(2);
        assertThat(results).containsExactly(refused, late);
    }

    @Test
    void doesNotTryAgainWithoutTime() {
        behaviors.add(callback -> callback.onException(NO_CONNECTION));

        send(ASYNC, 50);

        assertThat(tried).hasSize(1);
        assertThat(results).containsExactly(NO_CONNECTION);
    }

    @Test
    void doesNotSendWhatWasAbandonedWhileItWaitedForAThread() {
        withoutAddress.addAll(List.of("broker-a", "broker-b"));

        send(SYNC, 4_000);
        await().until(() -> blocked.size() == 2);
        blocked.remove().run();
        assertThat(tried).isEmpty();

        behaviors.add(callback -> callback.onException(REFUSED));
        blocked.remove().run();
        assertThat(results).containsExactly(REFUSED);
        assertThat(mayBeStored).isFalse();
    }

    /** The client can still connect, and write the request. */
    @Test
    void saysThatAnAbandonedTryIsStillOpen() {
        behaviors.add(callback -> {});
        behaviors.add(callback -> callback.onException(REFUSED));

        send(SYNC, 4_000);

        await().until(() -> !results.isEmpty());
        assertThat(results).containsExactly(REFUSED);
        assertThat(mayBeStored).isTrue();
    }

    static List<Arguments> failures() {
        return List.of(
                arguments(NO_CONNECTION, true),
                arguments(new MQClientException("send request failed", NO_CONNECTION), true),
                arguments(new MQClientException("late", new RemotingTimeoutException("10.0.0.1")), true),
                arguments(new MQBrokerException(ResponseCode.SYSTEM_BUSY, "busy"), true),
                arguments(new MQBrokerException(ResponseCode.NO_PERMISSION, "no"), false),
                arguments(new MQClientException(ResponseCode.MESSAGE_ILLEGAL, "illegal"), false),
                arguments(new IllegalStateException("a bug"), false));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void triesASynchronousSendAgainAfterMoreFailures(Throwable failure, boolean again) {
        behaviors.add(callback -> callback.onException(failure));
        behaviors.add(callback -> callback.onSuccess(STORED));

        send(SYNC);

        assertThat(results).containsExactly(again ? STORED : failure);
    }

    @Test
    void abandonsATrySoThatAnotherBrokerHasTime() {
        var late = new ArrayList<SendCallback>();
        behaviors.add(late::add);
        behaviors.add(callback -> callback.onSuccess(STORED));

        send(SYNC, 4_000);

        await().until(() -> !results.isEmpty());
        assertThat(tried).containsExactlyInAnyOrder("broker-a", "broker-b");
        late.get(0).onException(NO_CONNECTION);
        assertThat(tried).as("after the late answer").hasSize(2);
        assertThat(results).containsExactly(STORED);
    }

    @Test
    void countsALateSuccessOfAnAbandonedTry() {
        var late = new CopyOnWriteArrayList<SendCallback>();
        behaviors.add(late::add);
        behaviors.add(late::add);

        send(SYNC, 4_000);
        await().until(() -> late.size() == 2);
        late.get(0).onSuccess(STORED);
        late.get(1).onException(NO_CONNECTION);

        assertThat(results).containsExactly(STORED);
        assertThat(tried).as("no third try").hasSize(2);
    }
}
