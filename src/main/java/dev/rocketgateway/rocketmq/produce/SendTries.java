package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends a message to one queue after the other until a broker accepts it or its {@link RetryPolicy} allows no further try. Prefers
 * queues of brokers that were not tried and are not avoided. Never blocks.
 *
 * <pre>
 * the caller's thread     makes the request, hands it to the network thread       ┐ on a blocking thread instead,
 *                                                                                 ┘ if the client may have to wait
 * the network thread      writes the request, reads the response
 * an event loop           calls back, or makes the next try
 * </pre>
 * A try that leaves time for another one is abandoned when its time is over; its connection stays open. If its broker accepts the
 * message later, that result counts, unless another try has ended the send before. Thread-safe.
 */
final class SendTries {

    /** A try that leaves time for another one takes at most this share of the time: one half. */
    private static final int SHARE_OF_A_TRY = 2;

    /**
     * Maximum number of tries in flight for which the caller's thread hands over the request. The client lets the sender of the
     * 65,536th request wait ({@code NettySystemConfig.CLIENT_ASYNC_SEMAPHORE_VALUE}).
     */
    private static final int MAX_WITHOUT_WAITING = 60_000;

    private final DefaultMQProducer producer;
    private final BrokerHealth health;
    private final QueueChoice choice;
    private final Predicate<String> addressKnown;
    private final Executor eventLoops;
    private final Executor blocking;
    private final AtomicInteger inFlight = new AtomicInteger();

    /**
     * @param producer its executor for asynchronous sends must run tasks on the thread that submits them
     * @param addressKnown whether the producer has an address of the broker with this name; without one, a send asks the name
     *     server first, and waits for its answer
     * @param eventLoops makes the next try after an abandoned one
     * @param blocking makes the tries that may wait
     */
    SendTries(
            DefaultMQProducer producer,
            BrokerHealth health,
            QueueChoice choice,
            Predicate<String> addressKnown,
            Executor eventLoops,
            Executor blocking) {
        this.producer = producer;
        this.health = health;
        this.choice = choice;
        this.addressKnown = addressKnown;
        this.eventLoops = eventLoops;
        this.blocking = blocking;
    }

    /**
     * Sends a message. The callback is called once: on an event loop, on this thread, or on a blocking thread.
     *
     * @param queues the single queue of a message with a group, or all queues of the topic
     */
    void send(
            Message message, List<MessageQueue> queues, RetryPolicy policy, SendCallback callback, long timeoutMillis) {
        new Tries(message, queues, policy, callback, System.nanoTime() + timeoutMillis * 1_000_000).next();
    }

    /** The tries of one message. One try follows the other. */
    private final class Tries {

        private final Message message;
        private final List<MessageQueue> queues;
        private final RetryPolicy policy;
        private final SendCallback callback;
        private final long end;
        private final AtomicBoolean ended = new AtomicBoolean();
        private Set<String> tried = Set.of();
        private int left;

        Tries(Message message, List<MessageQueue> queues, RetryPolicy policy, SendCallback callback, long end) {
            this.message = message;
            this.queues = queues;
            this.policy = policy;
            this.callback = callback;
            this.end = end;
            this.left = policy.retries();
        }

        private long millisLeft() {
            return Math.max(1, (end - System.nanoTime()) / 1_000_000);
        }

        void next() {
            var queue = choice.next(queues, tried);
            tried = FailedTries.with(tried, queue.getBrokerName());
            var once = new Try(queue);
            if (policy.leavesTime() && left > 0 && choice.hasAnother(queues, tried)) {
                once.abandonAfter(millisLeft() - millisLeft() / SHARE_OF_A_TRY);
            }
            if (!once.mayWait()) {
                once.send();
                return;
            }
            try {
                blocking.execute(once::send);
            } catch (RejectedExecutionException e) {
                once.onException(e);
            }
        }

        private void succeeded(SendResult result) {
            if (ended.compareAndSet(false, true)) {
                callback.onSuccess(result);
            }
        }

        private void failed(Throwable cause) {
            if (ended.get()) {
                return;
            }
            if (policy.retryable().test(cause) && !FailedTries.isLast(left, end)) {
                left--;
                next();
            } else if (ended.compareAndSet(false, true)) {
                callback.onException(cause);
            }
        }

        /** One try. The client calls back once. */
        private final class Try implements SendCallback {

            private final MessageQueue queue;
            private final BrokerHealth.Attempt attempt;
            private final int number = inFlight.incrementAndGet();
            private final AtomicBoolean over = new AtomicBoolean();
            private @Nullable CompletableFuture<Void> limit;

            Try(MessageQueue queue) {
                this.queue = queue;
                this.attempt = health.begin(queue.getBrokerName());
            }

            void abandonAfter(long millis) {
                var timer = new CompletableFuture<Void>();
                limit = timer;
                timer.orTimeout(millis, TimeUnit.MILLISECONDS).exceptionally(late -> {
                    eventLoops.execute(this::abandon);
                    return null;
                });
            }

            private void abandon() {
                if (over.compareAndSet(false, true)) {
                    failed(new RemotingTimeoutException(
                            "no answer from broker %s in time".formatted(queue.getBrokerName())));
                }
            }

            boolean mayWait() {
                return number > MAX_WITHOUT_WAITING || !addressKnown.test(queue.getBrokerName());
            }

            void send() {
                try {
                    producer.send(message, queue, this, millisLeft());
                } catch (Exception | Error e) {
                    onException(e);
                }
            }

            /** Returns whether the answer ends this try: false if the try was abandoned before. */
            private boolean answered() {
                inFlight.decrementAndGet();
                if (limit != null) {
                    limit.complete(null);
                }
                return over.compareAndSet(false, true);
            }

            @Override
            public void onSuccess(SendResult result) {
                answered();
                attempt.answered();
                succeeded(result);
            }

            @Override
            public void onException(Throwable cause) {
                boolean current = answered();
                FailedTries.report(attempt, cause);
                if (current) {
                    failed(cause);
                }
            }
        }
    }
}
