package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.rocketmq.client.ProducerInternals;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;

/**
 * Sends one-way messages, spread over the topic's queues and limited per broker by an {@link OnewayWindow}. Thread-safe; a send
 * blocks while a connection is being opened.
 */
final class OnewayMessages {

    private final DefaultMQProducer producer;
    private final long window;
    private final Duration fenceTimeout;
    private final Executor blocking;
    private final Map<String, OnewayWindow> windows = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();

    OnewayMessages(DefaultMQProducer producer, long window, Duration fenceTimeout, Executor blocking) {
        this.producer = producer;
        this.window = window;
        this.fenceTimeout = fenceTimeout;
        this.blocking = blocking;
    }

    /**
     * Sends to the next queue of a broker whose window has room.
     *
     * @throws SendFailedException if no broker's window has room
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
        return new OnewayWindow(window, () -> ProducerInternals.answers(producer, queue, fenceTimeout), blocking);
    }
}
