package dev.rocketgateway.bench;

import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.client.producer.SendStatus;
import org.apache.rocketmq.common.message.Message;

/** The ways to send with the client, each until its time is over and all its sends have an end. */
final class ClientSends {

    private static final long PATIENCE_SECONDS = 60;

    private final DefaultMQProducer plain;
    private final DefaultMQProducer batching;
    private final String topic;

    ClientSends(String nameServer, String topic) throws MQClientException {
        this.topic = topic;
        plain = producer(nameServer);
        plain.start();
        batching = producer(nameServer);
        batching.setAutoBatch(true);
        batching.start();
    }

    private static DefaultMQProducer producer(String nameServer) {
        var producer = new DefaultMQProducer("bench-" + UUID.randomUUID());
        producer.setInstanceName("bench-" + UUID.randomUUID());
        producer.setNamesrvAddr(nameServer);
        return producer;
    }

    Load sync(int threads, int size, long nanos) throws InterruptedException {
        var body = new byte[size];
        var pool = Executors.newFixedThreadPool(threads);
        var tally = new Tally();
        for (int i = 0; i < threads; i++) {
            pool.execute(() -> {
                while (System.nanoTime() - tally.begun() < nanos) {
                    send(body, System.nanoTime(), tally);
                }
            });
        }
        pool.shutdown();
        if (!pool.awaitTermination(PATIENCE_SECONDS + nanos / 1_000_000_000, TimeUnit.SECONDS)) {
            throw new IllegalStateException("sends do not end");
        }
        return tally.load();
    }

    Load async(int inFlight, int size, long nanos) throws InterruptedException {
        return async(plain, inFlight, size, nanos);
    }

    Load autoBatch(int inFlight, int size, long nanos) throws InterruptedException {
        return async(batching, inFlight, size, nanos);
    }

    private Load async(DefaultMQProducer producer, int inFlight, int size, long nanos) throws InterruptedException {
        var body = new byte[size];
        var free = new Semaphore(inFlight);
        var tally = new Tally();
        while (System.nanoTime() - tally.begun() < nanos) {
            free.acquire();
            long sent = System.nanoTime();
            try {
                producer.send(new Message(topic, body), new SendCallback() {
                    @Override
                    public void onSuccess(SendResult result) {
                        tally.ok(sent);
                        free.release();
                    }

                    @Override
                    public void onException(Throwable cause) {
                        tally.failed(cause);
                        free.release();
                    }
                });
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception refused) {
                tally.failed(refused);
                free.release();
            }
        }
        if (!free.tryAcquire(inFlight, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("sends do not end");
        }
        return tally.load();
    }

    Load paced(int perSecond, int size, long nanos) {
        var body = new byte[size];
        return Pace.run(perSecond, nanos, (due, tally) -> send(body, due, tally));
    }

    private void send(byte[] body, long since, Tally tally) {
        try {
            var result = plain.send(new Message(topic, body));
            if (result.getSendStatus() == SendStatus.SEND_OK) {
                tally.ok(since);
            } else {
                tally.failed(result.getSendStatus());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            tally.failed(e);
        } catch (Exception e) {
            tally.failed(e);
        }
    }
}
