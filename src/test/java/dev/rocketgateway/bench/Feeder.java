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

    private static final int BATCH = 500;
    private static final int BODY = 256;

    private final String topic;
    private final DefaultMQProducer producer = new DefaultMQProducer("bench-" + UUID.randomUUID());
    private final AtomicInteger published = new AtomicInteger();

    Feeder(String nameServer, String topic) {
        this.topic = topic;
        producer.setNamesrvAddr(nameServer);
        producer.setInstanceName("bench-" + UUID.randomUUID());
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
                        IntStream.range(first, first + BATCH)
                                .mapToObj(this::message)
                                .toList(),
                        10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } catch (MQClientException | RemotingException | MQBrokerException e) {
                throw new IllegalStateException(e);
            }
            published.addAndGet(BATCH);
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
