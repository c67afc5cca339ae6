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
 * the caller's thread     makes the request; a blocking thread instead, if the client may have to wait for the name server
 * the network thread      writes the request, reads the response
 * an event loop           reports the result, or makes the next try
 * </pre>
 * A try that leaves time for another one is abandoned when its time is over; its connection stays open. If its broker accepts the
 * message later, that result counts, unless another try has ended the send before. Thread-safe.
 */
final class SendTries {

    /** A try that leaves time for another one takes at most this share of the time: one half. */
    private static final int SHARE_OF_A_TRY = 2;

    /** Gets the end of a send, once: on an event loop, on the caller's thread, or on a thread of the client during a stop. */
    interface Result {

        void succeeded(SendResult result);

        /**
         * @param open whether an abandoned try has no answer yet; the client may still write it, even if it has not so far
         */
        void failed(Throwable cause, boolean open);
    }

    private final DefaultMQProducer producer;
    private final BrokerHealth health;
    private final QueueChoice choice;
    private final Predicate<String> addressKnown;
    private final Executor eventLoops;
    private final Executor blocking;

    /**
     * @param producer its executor for asynchronous sends must run tasks on the thread that submits them
     * @param addressKnown whether the producer has an address of the broker with this name; without one, a send asks the name
     *     server first, and waits for its answer
     * @param eventLoops makes the next try; the client reports a failed connection on its network thread, which must read responses
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
     * Sends a message.
     *
     * @param queues the single queue of a message with a group, or all queues of the topic
     */
    void send(Message message, List<MessageQueue> queues, RetryPolicy policy, Result result, long timeoutMillis) {
        new Tries(message, queues, policy, result, System.nanoTime() + timeoutMillis * 1_000_000).next();
    }

    /** The tries of one message. One try follows the other. */
    private final class Tries {

        private final Message message;
        private final List<MessageQueue> queues;
        private final RetryPolicy policy;
        private final Result result;
        private final long end;
        private final AtomicBoolean ended = new AtomicBoolean();
        private final AtomicInteger abandoned = new AtomicInteger();
        private Set<String> tried = Set.of();
        private int left;

        Tries(Message message, List<MessageQueue> queues, RetryPolicy policy, Result result, long end) {
            this.message = message;
            this.queues = queues;
            this.policy = policy;
            this.result = result;
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

        private void succeeded(SendResult stored) {
            if (ended.compareAndSet(false, true)) {
                result.succeeded(stored);
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
                result.failed(cause, abandoned.get() > 0);
            }
        }

        /** One try. The client calls back once. */
        private final class Try implements SendCallback {

            private final MessageQueue queue;
            private final BrokerHealth.Attempt attempt;
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
                    abandoned.incrementAndGet();
                    failed(new RemotingTimeoutException(
                            "no answer from broker %s in time".formatted(queue.getBrokerName())));
                }
            }

            boolean mayWait() {
                return !addressKnown.test(queue.getBrokerName());
            }

            void send() {
                if (over.get() || ended.get()) {
                    onException(new RejectedExecutionException("the try was abandoned while it waited for a thread"));
                    return;
                }
                try {
                    producer.send(message, queue, this, millisLeft());
                } catch (Exception | Error e) {
                    onException(e);
                }
            }

            /** Returns whether the answer ends this try: false if the try was abandoned before. */
            private boolean answered() {
                if (limit != null) {
                    limit.complete(null);
                }
                boolean current = over.compareAndSet(false, true);
                if (!current) {
                    abandoned.decrementAndGet();
                }
                return current;
            }

            @Override
            public void onSuccess(SendResult stored) {
                answered();
                attempt.answered();
                succeeded(stored);
            }

            @Override
            public void onException(Throwable cause) {
                boolean current = answered();
                FailedTries.report(attempt, cause);
                if (current) {
                    try {
                        eventLoops.execute(() -> failed(cause));
                    } catch (RejectedExecutionException stopping) {
                        failed(cause);
                    }
                }
            }
        }
    }
}
