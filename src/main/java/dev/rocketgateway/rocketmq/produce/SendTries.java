package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.exception.RemotingSendRequestException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;

/**
 * Sends a message to one queue after the other until a broker accepts it or all tries are used up.
 *
 * <pre>
 * mode  | is retried, on another broker if there is one
 * ------|------------------------------------------------------------------------------------------------------
 * sync  | when the connection fails, the broker does not answer in time, or its answer allows a retry elsewhere
 * async | when the connection fails
 * </pre>
 * Works like {@code DefaultMQProducerImpl.sendDefaultImpl}, with three differences: silent brokers are avoided, a first try leaves
 * time for another one, and an abandoned try closes no connection. Thread-safe.
 */
public final class SendTries {

    /** If another broker could accept the message, a try leaves half of its time for another try. */
    private static final int LEFT_FOR_ANOTHER = 2;

    /** The minimum time for another try; with less, the try would be written but not awaited. */
    private static final long TOO_LITTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * Milliseconds to wait after a timeout for the client's own exception, which is more precise but late. The client checks once a second.
     */
    private static final long CLIENT_IS_LATE = 2_000;

    private final DefaultMQProducer producer;
    private final BrokerHealth health;
    private final QueueChoice choice;
    private final RocketMqConfig.Retries retries;

    SendTries(DefaultMQProducer producer, BrokerHealth health, QueueChoice choice, RocketMqConfig.Retries retries) {
        this.producer = producer;
        this.health = health;
        this.choice = choice;
        this.retries = retries;
    }

    /**
     * Sends a message, with retries, and waits for the result.
     *
     * @param queues the single queue of a message with a group, or all queues of the topic
     */
    SendResult sync(Message message, List<MessageQueue> queues, long timeoutMillis)
            throws MQClientException, RemotingException, MQBrokerException, InterruptedException {
        long end = System.nanoTime() + timeoutMillis * 1_000_000;
        Set<String> tried = Set.of();
        for (int left = retries.sync(); ; left--) {
            var queue = choice.next(queues, tried);
            tried = with(tried, queue.getBrokerName());
            long all = Math.max(1, (end - System.nanoTime()) / 1_000_000);
            long time = left > 0 && choice.hasAnother(queues, tried) ? all - all / LEFT_FOR_ANOTHER : all;
            try {
                return once(message, queue, time, all);
            } catch (MQBrokerException e) {
                if (!producer.getRetryResponseCodes().contains(e.getResponseCode()) || isOver(left, end)) {
                    throw e;
                }
            } catch (MQClientException e) {
                if (e.getResponseCode() == ResponseCode.MESSAGE_ILLEGAL || isOver(left, end)) {
                    throw e;
                }
            } catch (RemotingException e) {
                if (isOver(left, end)) {
                    throw e;
                }
            }
        }
    }

    private static boolean isOver(int left, long end) {
        return left == 0 || end - System.nanoTime() <= TOO_LITTLE_NANOS;
    }

    private static Set<String> with(Set<String> brokers, String another) {
        if (brokers.isEmpty()) {
            return Set.of(another);
        }
        var more = new HashSet<>(brokers);
        more.add(another);
        return more;
    }

    /**
     * Makes one try and waits for it. With the client's own synchronous send, a try that ends early would close the connection and
     * fail all other sends to the broker. Here, only the wait ends.
     *
     * @param timeoutMillis how long to wait
     * @param clientTimeoutMillis time after which the client itself gives up
     */
    private SendResult once(Message message, MessageQueue queue, long timeoutMillis, long clientTimeoutMillis)
            throws MQClientException, RemotingException, MQBrokerException, InterruptedException {
        var attempt = health.begin(queue.getBrokerName());
        var sent = new CompletableFuture<SendResult>();
        try {
            producer.send(
                    message,
                    queue,
                    new SendCallback() {
                        @Override
                        public void onSuccess(SendResult result) {
                            attempt.answered();
                            sent.complete(result);
                        }

                        @Override
                        public void onException(Throwable cause) {
                            end(attempt, cause);
                            sent.completeExceptionally(cause);
                        }
                    },
                    clientTimeoutMillis);
        } catch (MQClientException | RemotingException | InterruptedException e) {
            end(attempt, e);
            throw e;
        } catch (RuntimeException | Error e) {
            attempt.abandoned();
            throw e;
        }
        try {
            return sent.get(
                    timeoutMillis + (timeoutMillis < clientTimeoutMillis ? 0 : CLIENT_IS_LATE), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new RemotingTimeoutException("no answer from broker " + queue.getBrokerName() + " in time");
        } catch (ExecutionException e) {
            var cause = e.getCause();
            if (cause instanceof MQClientException client) {
                throw client;
            }
            if (cause instanceof RemotingException remoting) {
                throw remoting;
            }
            if (cause instanceof MQBrokerException broker) {
                throw broker;
            }
            throw new IllegalStateException(cause);
        }
    }

    private static void end(BrokerHealth.Attempt attempt, Throwable cause) {
        if (has(cause, MQBrokerException.class)) {
            attempt.refused();
        } else if (connectionFailed(cause) || has(cause, RemotingTimeoutException.class) || isUnknown(cause)) {
            attempt.failed();
        } else {
            attempt.abandoned();
        }
    }

    /** Whether the client has lost the broker's address; its exception then has no cause and no code. */
    private static boolean isUnknown(Throwable cause) {
        return cause instanceof MQClientException client && client.getCause() == null && client.getResponseCode() < 0;
    }

    /**
     * Sends without waiting; the callback is called once, on a thread of the client or on this one.
     *
     * @param queues the single queue of a message with a group, or all queues of the topic
     */
    void async(Message message, List<MessageQueue> queues, SendCallback callback, long timeoutMillis) {
        new Async(message, queues, callback, System.nanoTime() + timeoutMillis * 1_000_000).next();
    }

    /** The tries of one asynchronous send. The client calls back once for each try, and one try follows the other. */
    private final class Async {

        private final Message message;
        private final List<MessageQueue> queues;
        private final SendCallback callback;
        private final long end;
        private Set<String> tried = Set.of();
        private int left = retries.async();

        Async(Message message, List<MessageQueue> queues, SendCallback callback, long end) {
            this.message = message;
            this.queues = queues;
            this.callback = callback;
            this.end = end;
        }

        void next() {
            var queue = choice.next(queues, tried);
            var attempt = health.begin(queue.getBrokerName());
            var once = new SendCallback() {
                @Override
                public void onSuccess(SendResult result) {
                    attempt.answered();
                    callback.onSuccess(result);
                }

                @Override
                public void onException(Throwable cause) {
                    end(attempt, cause);
                    if (connectionFailed(cause) && !isOver(left, end)) {
                        left--;
                        tried = with(tried, queue.getBrokerName());
                        next();
                    } else {
                        callback.onException(cause);
                    }
                }
            };
            try {
                producer.send(message, queue, once, Math.max(1, (end - System.nanoTime()) / 1_000_000));
            } catch (Exception | Error e) {
                once.onException(e);
            }
        }
    }

    private static boolean connectionFailed(Throwable cause) {
        return (has(cause, RemotingConnectException.class) || has(cause, RemotingSendRequestException.class))
                && !has(cause, RemotingTimeoutException.class);
    }

    private static boolean has(Throwable thrown, Class<? extends Throwable> type) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
