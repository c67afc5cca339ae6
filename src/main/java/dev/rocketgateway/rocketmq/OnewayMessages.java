package dev.rocketgateway.rocketmq;

import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.jboss.logging.Logger;

/**
 * One-way sends, spread over the topic's queues and bounded per broker by an {@link OnewayWindow}. Thread-safe; a send
 * blocks while a connection is made.
 */
final class OnewayMessages {

    private static final Logger LOG = Logger.getLogger(OnewayMessages.class);

    private final DefaultMQProducer producer;
    private final long window;
    private final Executor blocking;
    private final Map<String, OnewayWindow> windows = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();

    OnewayMessages(DefaultMQProducer producer, long window, Executor blocking) {
        this.producer = producer;
        this.window = window;
        this.blocking = blocking;
    }

    /**
     * Sends to the next queue whose broker has room.
     *
     * @throws SendFailedException if none has
     */
    void send(Message message, List<MessageQueue> queues)
            throws MQClientException, RemotingException, InterruptedException {
        int size = message.getBody().length;
        int first = next.getAndIncrement();
        for (int i = 0; i < queues.size(); i++) {
            var queue = queues.get(Math.floorMod(first + i, queues.size()));
            var room = windows.computeIfAbsent(queue.getBrokerName(), broker -> windowFor(queue));
            if (room.tryTake(size)) {
                try {
                    producer.sendOneway(message, queue);
                } finally {
                    room.handedOver(size);
                }
                return;
            }
        }
        throw new SendFailedException(Reason.OVERLOADED);
    }

    void close() {
        windows.values().forEach(OnewayWindow::close);
    }

    private OnewayWindow windowFor(MessageQueue queue) {
        return new OnewayWindow(window, () -> answered(queue), blocking);
    }

    /** A cheap question to the queue's broker, over the connection its one-way messages take. */
    private boolean answered(MessageQueue queue) throws InterruptedException {
        try {
            ClientInternals.maxOffset(producer, queue);
        } catch (MQClientException e) {
            var cause = e.getCause();
            if (cause instanceof RemotingTimeoutException) {
                return false;
            }
            if (cause instanceof InterruptedException) {
                throw (InterruptedException) cause;
            }
            // A refusal is an answer too, and a broken connection has nothing left to write.
            LOG.debugf(
                    "one-way fence was not answered normally broker=%s refused=%s",
                    queue.getBrokerName(), cause instanceof MQBrokerException);
        }
        return true;
    }
}
