package dev.rocketgateway.bench;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.remoting.exception.RemotingException;

/** Publishes numbered messages of 256 bytes with the RocketMQ client, in batches. */
final class Feeder implements AutoCloseable {

    static final int BODY = 256;

    private final String topic;
    private final int batch;
    private final DefaultMQProducer producer = new DefaultMQProducer("bench-" + UUID.randomUUID());
    private final AtomicInteger published = new AtomicInteger();

    Feeder(String nameServer, String topic) {
        this(nameServer, topic, 500);
    }

    /**
     * @param batch messages at once, all in one queue of the topic
     */
    Feeder(String nameServer, String topic, int batch) {
        this.topic = topic;
        this.batch = batch;
        producer.setNamesrvAddr(nameServer);
        producer.setInstanceName("bench-" + UUID.randomUUID());
        // A busy broker refuses now and then.
        producer.setRetryTimesWhenSendFailed(20);
        try {
            producer.start();
        } catch (MQClientException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many there are; their numbers begin with 0. */
    int published() {
        return published.get();
    }

    /** Publishes until there are so many. */
    void fillTo(int messages) {
        while (published.get() < messages) {
            int first = published.get();
            try {
                producer.send(
                        IntStream.range(first, first + batch)
                                .mapToObj(this::message)
                                .toList(),
                        10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } catch (MQClientException | RemotingException | MQBrokerException e) {
                throw new IllegalStateException(e);
            }
            published.addAndGet(batch);
        }
    }

    private Message message(int number) {
        var body = new StringBuilder(BODY).append(number).append(' ');
        body.append("x".repeat(BODY - body.length()));
        return new Message(topic, body.toString().getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        producer.shutdown();
    }
}
