package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TailReader;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A tail over restarts of replicas and brokers, and what the broker knows of it afterwards. */
class TailFaultsIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static TestBroker broker;

    @BeforeAll
    static void start() {
        broker = TestBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static GatewayProcess.Builder gateway() {
        return GatewayProcess.connectedTo(broker).with("gateway.look.tail.queue-refresh", "500ms");
    }

    /** Sends numbered messages until it is told to stop. */
    private static final class Publisher implements AutoCloseable {

        /** More messages would only keep the machine busy. */
        private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(2);

        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicInteger sent = new AtomicInteger();
        private final Thread thread;

        Publisher(String topic) {
            thread = new Thread(() -> {
                while (!stopped.get()) {
                    broker.witness().send(topic, "m" + sent.get());
                    sent.incrementAndGet();
                    LockSupport.parkNanos(BETWEEN_MESSAGES.toNanos());
                }
            });
            thread.start();
        }

        void awaitMore(int messages) {
            int until = sent.get() + messages;
            await().atMost(LIMIT).until(() -> sent.get() >= until);
        }

        List<String> bodies() {
            return IntStream.range(0, sent.get()).mapToObj(i -> "m" + i).toList();
        }

        @Override
        public void close() {
            stopped.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void continuesOnAnotherReplicaWithoutAGapOrARepeat() {
        var topic = broker.newTopic();
        var bodies = new ArrayList<String>();
        try (var first = gateway().start();
                var second = gateway().start()) {
            String id;
            Publisher publisher;
            try (var tail = TailReader.open(first, topic, "")) {
                publisher = new Publisher(topic);
                publisher.awaitMore(100);
                tail.await(50);
                first.process().kill();
                tail.awaitEnd();
                bodies.addAll(tail.bodies());
                id = tail.lastId();
            }
            try (publisher;
                    var tail = TailReader.open(second, topic, "", "Last-Event-ID", id)) {
                publisher.awaitMore(200);
                assertThat(second.terminate(Duration.ofSeconds(8))).isTrue();
                tail.awaitEnd();
                assertThat(tail.events("end").get(0).data().get("reason").textValue())
                        .isEqualTo("shutting-down");
                bodies.addAll(tail.bodies());
                id = tail.lastId();
            }
            try (var third = gateway().start();
                    var tail = TailReader.open(third, topic, "", "Last-Event-ID", id)) {
                tail.await(publisher.bodies().size() - bodies.size());
                bodies.addAll(tail.bodies());
            }
            assertThat(bodies).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(publisher.bodies());
        }
    }

    /** The admin tool lists every group that the broker knows, that of the tail too. */
    @Test
    void leavesTheOffsetsOfAllGroupsAsTheyAre() {
        var topic = broker.newTopic();
        try (var endpoint = TestEndpoint.answering(200);
                var gateway = gateway().subscribing("billing", topic, endpoint).start()) {
            await().atMost(LIMIT)
                    .until(() -> gateway.get("/subscriptions/billing").body().contains("RUNNING"));
            gateway.publish(topic, "", "a");
            endpoint.awaitBody("a");
            var statistics = await().atMost(LIMIT)
                    .until(TailFaultsIT::statistics, read -> read.contains("GW-billing") && behind(read, topic) == 0);
            var before = offsets(statistics);

            try (var tail = TailReader.open(gateway, topic, "from=beginning")) {
                assertThat(tail.await(1)).containsExactly("a");
            }
            gateway.get("/topics/%s/messages?key=none".formatted(topic));

            assertThat(offsets(statistics())).isEqualTo(before).noneMatch(row -> row.contains("TOOLS_CONSUMER"));
            gateway.publish(topic, "", "b");
            endpoint.awaitBody("b");
            assertThat(endpoint.count()).isEqualTo(2);
        }
    }

    /** Of all groups; each call starts the admin tool. */
    private static String statistics() {
        return broker.admin("brokerConsumeStats", "-b", broker.address());
    }

    /** Rows of topic, group, broker, queue, end and offset, without the time of the last message. */
    private static List<String> offsets(String statistics) {
        return statistics
                .lines()
                .filter(line -> line.contains("broker-a"))
                .map(line -> line.replaceAll("\\s+", " ").strip())
                .map(line -> line.replaceAll("(( \\S+){2})$", ""))
                .sorted()
                .toList();
    }

    private static long behind(String statistics, String topic) {
        return statistics
                .lines()
                .filter(line -> line.startsWith(topic.substring(0, 20)))
                .map(line -> line.strip().split("\\s+"))
                .mapToLong(row -> Long.parseLong(row[4]) - Long.parseLong(row[5]))
                .sum();
    }

    @Test
    void continuesWhenItsBrokerComesBack() {
        var topic = broker.newTopic();
        try (var gateway = gateway().start();
                var tail = TailReader.open(gateway, topic, "")) {
            broker.witness().send(topic, "before");
            tail.await(1);

            broker.killBroker();
            broker.restartBroker();
            await().atMost(LIMIT).ignoreExceptions().until(() -> {
                broker.witness().send(topic, "after");
                return true;
            });

            await().atMost(LIMIT).until(() -> tail.bodies().contains("after"));
            assertThat(tail.bodies()).startsWith("before").hasSizeGreaterThanOrEqualTo(2);
            assertThat(tail.hasEnded()).isFalse();
        }
    }

    @Test
    void streamsFromQueuesAndBrokersThatAppearLater() {
        var topic = broker.newTopic();
        try (var gateway = gateway().start();
                var other = broker.another("broker-b");
                var tail = TailReader.open(gateway, topic, "")) {
            broker.witness().send(topic, "before");
            tail.await(1);
            var id = tail.lastId();

            // The topic is made on all brokers, and gets more queues.
            await().atMost(LIMIT).until(() -> broker.isListed("broker-b"));
            assertThat(other.address()).isNotEqualTo(broker.address());
            broker.witness().createTopic(topic, 6);
            await().atMost(LIMIT).until(() -> broker.witness().queues(topic).size() == 12);
            for (var queue : broker.witness().queues(topic)) {
                broker.witness().send(queue, queue.getBrokerName() + "/" + queue.getQueueId());
            }

            var all = new ArrayList<>(tail.await(13));
            assertThat(all).doesNotHaveDuplicates().hasSize(13).contains("broker-b/0", "broker-a/5");

            // With an id from before, the queues begin at the start of the stream.
            try (var again = TailReader.open(gateway, topic, "", "Last-Event-ID", id)) {
                assertThat(again.await(12)).containsExactlyInAnyOrderElementsOf(all.subList(1, 13));
            }
        }
    }
}
