package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.testing.DelayingProxy;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.rocketmq.common.message.MessageQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One broker of several dies, stops to answer, or is slow: the others go on. */
class SeveralBrokersIT {

    private static final Duration LONG = Duration.ofSeconds(90);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CALLERS = 6;

    /** Pause of each caller between two messages; more messages would only keep the machine busy. */
    private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(5);

    private static final Duration WHILE_AWAITING = Duration.ofMillis(100);

    private static TestBroker first;
    private static TestBroker second;
    private static GatewayProcess gateway;

    private final TestEndpoint endpoint = TestEndpoint.answering(200);
    private String topic;
    private int begin;

    @BeforeAll
    static void startBrokers() {
        first = TestBroker.start();
        second = first.another("broker-b");
        gateway = GatewayProcess.connectedTo(first).start();
    }

    @AfterAll
    static void stopBrokers() {
        gateway.close();
        second.close();
        first.close();
    }

    /** Waits until the gateway sends to both brokers, so that each test begins alike. */
    @BeforeEach
    void start() {
        topic = newTopic();
        await().atMost(LONG)
                .until(() -> Stream.generate(() -> publish("mode=async&timeout=3s"))
                                .limit(40)
                                .filter(each -> each.broker().equals("broker-b"))
                                .count()
                        > 12);
        begin = gateway.log().length();
    }

    @AfterEach
    void stop() {
        endpoint.close();
        second.repair();
    }

    /** On both brokers, as the name server tells. */
    private String newTopic() {
        var made = first.newTopic();
        await().atMost(LONG)
                .until(() -> first.witness().queues(made).stream()
                                .map(MessageQueue::getBrokerName)
                                .distinct()
                                .count()
                        == 2);
        return made;
    }

    /** What a caller was answered: the broker that has the message, or the status of the failure. */
    private record Answered(String broker, int status) {}

    /** Six callers in a loop, each with one message at a time. */
    private final class Callers implements AutoCloseable {

        private final Queue<Answered> answers = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private volatile Duration pause = BETWEEN_MESSAGES;
        private final List<Thread> threads;

        Callers(String query) {
            threads = IntStream.range(0, CALLERS)
                    .mapToObj(i -> new Thread(
                            () -> {
                                while (!stopped.get()) {
                                    answers.add(publish(query));
                                    LockSupport.parkNanos(pause.toNanos());
                                }
                            },
                            "caller"))
                    .toList();
            threads.forEach(Thread::start);
        }

        /** The next so many answers from now on. */
        List<Answered> next(int count) {
            int begin = answers.size();
            await().atMost(LONG).until(() -> answers.size() >= begin + count);
            return List.copyOf(answers).subList(begin, begin + count);
        }

        /** Until then, callers send rarely: it can take a minute. */
        void awaitAnswer(Predicate<Answered> wanted) {
            int begin = answers.size();
            pause = WHILE_AWAITING;
            await().atMost(LONG).until(() -> answers.stream().skip(begin).anyMatch(wanted));
            pause = BETWEEN_MESSAGES;
        }

        @Override
        public void close() {
            stopped.set(true);
            threads.forEach(thread -> {
                try {
                    thread.join(30_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private Answered publish(String query) {
        var answer = gateway.publish(topic, query, "x");
        try {
            return new Answered(
                    JSON.readTree(answer.body())
                            .path("messageQueue")
                            .path("brokerName")
                            .asText(),
                    answer.statusCode());
        } catch (JsonProcessingException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private static long share(List<Answered> answers, String broker) {
        return answers.stream().filter(each -> each.broker().equals(broker)).count();
    }

    @ParameterizedTest
    @CsvSource({"sync,200", "async,202"})
    void aFrozenBrokerCostsEachCallerOneWaitAtMostAndIsTakenBack(String mode, int success) {
        try (var callers = new Callers("mode=" + mode + "&timeout=10s")) {
            // A broker whose first answers are late, as on a busy machine, has fewer messages for a while.
            await().atMost(LONG).until(() -> {
                var before = callers.next(500);
                assertThat(before).allMatch(each -> each.status() == success);
                return share(before, "broker-b") > 125;
            });

            second.freezeBroker();
            try {
                // More than a broker that is tried again and again would let through.
                var during = callers.next(3000);
                var failed =
                        during.stream().filter(each -> each.status() != success).toList();
                if (mode.equals("sync")) {
                    assertThat(failed)
                            .as("a first try leaves time for another broker")
                            .isEmpty();
                } else {
                    assertThat(failed).hasSizeLessThanOrEqualTo(CALLERS);
                }
                assertThat(callers.next(1000))
                        .as("it is avoided for as long as it is frozen")
                        .allMatch(each -> each.status() == success);
                assertThat(gateway.get("/q/health/ready").statusCode()).isEqualTo(200);
            } finally {
                second.thawBroker();
            }

            callers.awaitAnswer(each -> each.broker().equals("broker-b"));
            await().atMost(LONG).until(() -> share(callers.next(200), "broker-b") > 50);
        }
    }

    @ParameterizedTest
    @CsvSource({"sync,200", "async,202"})
    void aKilledBrokerFailsNobodyButThoseItHadNotAnswered(String mode, int success) {
        try (var callers = new Callers("mode=" + mode + "&timeout=10s")) {
            callers.next(1000);

            second.killBroker();

            assertThat(callers.next(3000).stream().filter(each -> each.status() != success))
                    .hasSizeLessThanOrEqualTo(CALLERS);
            second.restartBroker();
            callers.awaitAnswer(each -> each.broker().equals("broker-b"));
        }
    }

    @Test
    void onewayMessagesGoToTheBrokerThatAnswers() {
        second.freezeBroker();
        try {
            // Its first unanswered messages and probes tell.
            await().atMost(LONG).until(() -> {
                publish("mode=async&timeout=1s");
                return gateway.log()
                        .substring(begin)
                        .contains("broker is slow or does not answer, messages go to other brokers broker=broker-b");
            });
            for (int i = 0; i < 100; i++) {
                assertThat(gateway.publish(topic, "mode=oneway", "oneway").statusCode())
                        .isEqualTo(204);
            }
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(storedOnFirst("oneway")).isEqualTo(100));
        } finally {
            second.thawBroker();
        }
    }

    private long storedOnFirst(String text) {
        return first.witness().storedOn(topic, "broker-a").stream()
                .filter(stored -> stored.text().equals(text))
                .count();
    }

    @Test
    void messagesOfAGroupStayWithTheirQueueAndSayWhy() {
        var groups = IntStream.range(0, 40).mapToObj(i -> "g" + i).toList();
        var byBroker = groups.stream()
                .collect(java.util.stream.Collectors.groupingBy(
                        group -> publish("messageGroup=" + group).broker()));
        assertThat(byBroker).containsOnlyKeys("broker-a", "broker-b");

        second.freezeBroker();
        try {
            var stuck = gateway.publish(
                    topic,
                    "timeout=500ms&messageGroup=" + byBroker.get("broker-b").get(0),
                    "x");
            RefusalsIT.assertProblem(stuck, 504, "broker-timeout", true);
            assertThat(stuck.body()).contains("All messages of a message group go to one queue");
            assertThat(byBroker.get("broker-a")).allSatisfy(group -> assertThat(publish("messageGroup=" + group))
                    .isEqualTo(new Answered("broker-a", 200)));
        } finally {
            second.thawBroker();
        }
    }

    @Test
    void aTopicThatWasNotUsedBeforeIsPublishedToWhileABrokerIsFrozen() {
        var topics = List.of(newTopic(), newTopic(), newTopic(), newTopic());
        second.freezeBroker();
        try {
            assertThat(topics).allSatisfy(each -> assertThat(
                            gateway.publish(each, "timeout=10s", "x").statusCode())
                    .isEqualTo(200));
        } finally {
            second.thawBroker();
        }
    }

    @Test
    void deliveriesOfTheOtherBrokerGoOnAndSubscriptionsBegin() {
        var subscriptions = new Subscriptions(gateway);
        // Not the topic of the messages before the test: one of those that nobody waits for may still be on its way to
        // a broker.
        var own = newTopic();
        var here = new MessageQueue(own, "broker-a", 0);
        var there = new MessageQueue(own, "broker-b", 0);
        subscriptions.create("before", own, endpoint.url() + "before", "");

        second.freezeBroker();
        try {
            first.witness().send(here, "one");
            awaitBodies("before", "one");
            subscriptions.create("during", own, endpoint.url() + "during", "");
            first.witness().send(here, "two");
            awaitBodies("before", "one", "two");
            awaitBodies("during", "two");
        } finally {
            second.thawBroker();
        }

        first.witness().send(there, "three");
        awaitBodies("before", "one", "two", "three");
        awaitBodies("during", "two", "three");
    }

    private void awaitBodies(String path, String... bodies) {
        await().atMost(LONG).untilAsserted(() -> assertThat(endpoint.requests().stream()
                        .filter(request -> request.path().endsWith(path))
                        .map(Request::text)
                        .distinct())
                .containsExactlyInAnyOrder(bodies));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async"})
    void aSlowBrokerOfThreeIsSparedAndTakenBackWhenItIsFastAgain(String mode) throws IOException {
        try (var third = first.another("broker-c", Map.of("brokerIP1", "127.0.0.2"));
                var proxy = new DelayingProxy("127.0.0.2", third.address(), Duration.ofMillis(300))) {
            topic = first.newTopic();
            await().atMost(LONG)
                    .until(() -> first.witness().queues(topic).stream()
                                    .map(MessageQueue::getBrokerName)
                                    .distinct()
                                    .count()
                            == 3);
            try (var callers = new Callers("mode=" + mode + "&timeout=10s")) {
                callers.awaitAnswer(each -> each.broker().equals("broker-c"));
                await().atMost(LONG).until(() -> share(callers.next(500), "broker-c") < 25);

                proxy.delay(Duration.ZERO);

                await().atMost(LONG).until(() -> share(callers.next(500), "broker-c") > 100);
            }
        }
    }
}
