package dev.rocketgateway.rocketmq;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
 * Sends a message to one queue after the other until a broker takes it or the tries are used up.
 *
 * <pre>
 * mode  | is tried again, on another broker where there is one
 * ------|----------------------------------------------------------------------------------------------
 * sync  | when the connection fails, the broker does not answer in time, or says that another one may do
 * async | when the connection fails
 * </pre>
 * As {@code DefaultMQProducerImpl.sendDefaultImpl} does, with two differences: brokers that do not answer are avoided, and a first
 * try leaves time for another one. Thread-safe.
 */
final class SendTries {

    /** The part of its time a try leaves where another broker could take the message. */
    private static final int LEFT_FOR_ANOTHER = 2;

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
     * Sends and waits.
     *
     * @param queues the one queue of a message of a group, or all of the topic
     */
    SendResult sync(Message message, List<MessageQueue> queues, long timeoutMillis)
            throws MQClientException, RemotingException, MQBrokerException, InterruptedException {
        long end = System.nanoTime() + timeoutMillis * 1_000_000;
        var tried = new HashSet<String>();
        for (int left = retries.sync(); ; left--) {
            var queue = choice.next(queues, tried);
            tried.add(queue.getBrokerName());
            long time = Math.max(1, (end - System.nanoTime()) / 1_000_000);
            if (left > 0 && choice.hasAnother(queues, tried)) {
                time -= time / LEFT_FOR_ANOTHER;
            }
            try {
                return once(message, queue, time);
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
        return left == 0 || end - System.nanoTime() <= 0;
    }

    private SendResult once(Message message, MessageQueue queue, long timeoutMillis)
            throws MQClientException, RemotingException, MQBrokerException, InterruptedException {
        var attempt = health.begin(queue.getBrokerName());
        try {
            var result = producer.send(message, queue, timeoutMillis);
            attempt.answered();
            return result;
        } catch (MQClientException | RemotingException | MQBrokerException | InterruptedException e) {
            end(attempt, e);
            throw e;
        } catch (RuntimeException | Error e) {
            attempt.abandoned();
            throw e;
        }
    }

    private static void end(BrokerHealth.Attempt attempt, Throwable cause) {
        if (has(cause, MQBrokerException.class)) {
            attempt.answered();
        } else if (connectionFailed(cause) || has(cause, RemotingTimeoutException.class) || isUnknown(cause)) {
            attempt.failed();
        } else {
            attempt.abandoned();
        }
    }

    /** The client has lost the broker's address; that is all it says. */
    private static boolean isUnknown(Throwable cause) {
        return cause instanceof MQClientException client && client.getCause() == null && client.getResponseCode() < 0;
    }

    /**
     * Sends without waiting; the callback is called once, on a thread of the client or on this one.
     *
     * @param queues as for {@link #sync}
     */
    void async(Message message, List<MessageQueue> queues, SendCallback callback, long timeoutMillis) {
        new Async(message, queues, callback, System.nanoTime() + timeoutMillis * 1_000_000).next();
    }

    /** The client calls back once for each try, and tries are one after the other. */
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
                        tried = tried.isEmpty() ? new HashSet<>() : tried;
                        tried.add(queue.getBrokerName());
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
