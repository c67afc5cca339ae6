package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Answer;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.rocketmq.common.message.Message;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Subscriptions that are paused, by people or by a 410, and changed while they run. */
class PauseIT {

    private static final Logger LOG = Logger.getLogger(PauseIT.class);
    private static final TestBroker BROKER = TestBroker.shared();

    /** How long a pause under load takes, in seconds. */
    private static final int PAUSE = Integer.getInteger("pause", 10);

    private final String topic = BROKER.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final AtomicReference<Answer> answer = new AtomicReference<>(Answer.of(200));
    private final TestEndpoint endpoint = TestEndpoint.answering(answer::get);
    private final GatewayProcess gateway = GatewayProcess.shared();
    private final Subscriptions subscriptions = new Subscriptions(gateway);

    @AfterEach
    void stop() {
        subscriptions.delete(name, "");
        endpoint.close();
    }

    private Set<String> received() {
        return endpoint.requests().stream().map(Request::text).collect(Collectors.toSet());
    }

    @Test
    void keepsTheMessageOfAnEndpointThatIsGoneAndDeliversItWhenResumed() {
        answer.set(Answer.of(410));
        subscriptions.create(name, topic, endpoint.url(), "");
        BROKER.witness().send(topic, "kept");
        endpoint.await(1);

        subscriptions.awaitPhase(name, "PAUSED");
        var paused = subscriptions.get(name);
        assertThat(paused.get("state").asText()).isEqualTo("PAUSED");
        assertThat(paused.get("status").get("reason").asText()).isEqualTo("gone");
        BROKER.witness().send(topic, "meanwhile");
        answer.set(Answer.of(200));
        assertThat(endpoint.requests()).hasSize(1);

        subscriptions.act(name, "resume");

        endpoint.awaitBody("meanwhile");
        // The first of them was answered 410.
        await().untilAsserted(() -> assertThat(endpoint.requests())
                .filteredOn(request -> request.text().equals("kept"))
                .hasSize(2));
        assertThat(endpoint.requests()).hasSize(3).allMatch(request -> request.header("rocketmq-delivery-attempt")
                .equals("1"));
    }

    /** The first of them is answered 410, and the others when the pause already drains the consumer. */
    @Test
    void waitsForNoMessageOfAnEndpointThatIsGone() {
        var requests = new AtomicInteger();
        var paused = new CountDownLatch(1);
        try (var gone = TestEndpoint.answering(() -> {
            if (requests.getAndIncrement() == 0) {
                await().until(() -> requests.get() == 8);
            } else {
                awaitUninterruptibly(paused);
            }
            return Answer.of(410);
        })) {
            subscriptions.create(name, topic, gone.url(), "");
            for (int i = 0; i < 8; i++) {
                BROKER.witness().send(topic, "kept " + i);
            }
            await().until(() -> subscriptions.get(name).get("state").asText().equals("PAUSED"));
            paused.countDown();

            subscriptions.awaitPhase(name, "PAUSED");

            assertThat(gateway.log().lines().filter(line -> line.contains("subscription=" + name)))
                    .noneMatch(line -> line.contains("still in flight"));
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void waitsForNoWebhookThatHasFailed() {
        answer.set(Answer.of(500));
        subscriptions.create(name, topic, endpoint.url(), """
                "circuitBreaker":{"enabled":false},"retry":{"schedule":["1h"]}""");
        for (int i = 0; i < 5; i++) {
            BROKER.witness().send(topic, "failed " + i);
        }
        endpoint.await(5);

        subscriptions.act(name, "pause");

        subscriptions.awaitPhase(name, "PAUSED");
        assertThat(gateway.log().lines().filter(line -> line.contains("subscription=" + name)))
                .noneMatch(line -> line.contains("still in flight"));
    }

    /** A breaker that holds for long, before and after the consumer is stopped. */
    @ParameterizedTest
    @CsvSource({"HOLDING, 9m, 10m", "PARKED, 1h, 1s"})
    void triesAtOnceWhenSomebodyResumesWhatIsHeld(String phase, String open, String parkAfter) {
        answer.set(Answer.of(503));
        subscriptions.create(name, topic, endpoint.url(), """
                "circuitBreaker":{"minimumRequests":1,"failurePercent":1,"open":"%s","maxOpen":"1h","parkAfter":"%s"},
                "retry":{"schedule":["1s"]}""".formatted(open, parkAfter));
        BROKER.witness().send(topic, "failed");
        endpoint.await(1);
        BROKER.witness().send(topic, "held");
        subscriptions.awaitPhase(name, phase);
        var held = subscriptions.status(name);
        assertThat(held.get("breaker").asText()).isEqualTo("OPEN");
        assertThat(Instant.parse(held.get("nextTry").asText()))
                .isBetween(Instant.now().plusSeconds(300), Instant.now().plusSeconds(3600));
        answer.set(Answer.of(200));

        var resumed = subscriptions.act(name, "resume").get("status");

        assertThat(resumed.get("phase").asText()).isEqualTo("RUNNING");
        assertThat(resumed.get("breaker").asText()).isEqualTo("CLOSED");
        assertThat(resumed.get("nextTry").isNull()).isTrue();
        assertThat(gateway.log())
                .contains("action=resume subscription=" + name, "webhooks released subscription=" + name);
        await().atMost(Duration.ofSeconds(30)).until(() -> received().contains("held") && endpoint.count() >= 3);
    }

    @Test
    void answersWithThePhaseAfterAPauseAndAResumption() {
        subscriptions.create(name, topic, endpoint.url(), "");

        var paused = subscriptions.act(name, "pause");
        assertThat(paused.at("/status/phase").asText()).isEqualTo("PAUSED");
        assertThat(paused.at("/status/observedGeneration")).isEqualTo(paused.get("generation"));

        var resumed = subscriptions.act(name, "resume");
        assertThat(resumed.at("/status/phase").asText()).isEqualTo("RUNNING");
        assertThat(resumed.at("/status/observedGeneration")).isEqualTo(resumed.get("generation"));

        assertThat(subscriptions
                        .patch(name, "{\"state\":\"PAUSED\"}")
                        .at("/status/phase")
                        .asText())
                .isEqualTo("PAUSED");
        assertThat(gateway.log()).doesNotContain("cannot start yet subscription=" + name);
    }

    @Test
    void losesNothingOverAPauseUnderLoadAndDeliversNothingDuringIt() throws InterruptedException {
        subscriptions.create(name, topic, endpoint.url(), "");
        var number = new AtomicInteger();
        Set<String> sent = ConcurrentHashMap.newKeySet();
        var producer = Executors.newSingleThreadScheduledExecutor();
        try {
            producer.scheduleAtFixedRate(
                    () -> {
                        var body = "m " + number.getAndIncrement();
                        BROKER.witness().send(topic, body);
                        sent.add(body);
                    },
                    0,
                    5,
                    TimeUnit.MILLISECONDS);
            endpoint.await(200);

            subscriptions.act(name, "pause");
            subscriptions.awaitPhase(name, "PAUSED");
            int before = endpoint.count();
            var until = Instant.now().plusSeconds(PAUSE);
            await().atMost(Duration.ofSeconds(PAUSE + 5))
                    .until(() -> Instant.now().isAfter(until));
            assertThat(endpoint.count()).as("delivered during the pause").isEqualTo(before);
            assertThat(sent.size()).isGreaterThan(before);

            subscriptions.act(name, "resume");
            endpoint.await(before + 200);
        } finally {
            producer.shutdown();
            producer.awaitTermination(10, TimeUnit.SECONDS);
        }
        await().atMost(Duration.ofSeconds(60)).until(() -> received().containsAll(sent));
        LOG.infof(
                "pause=%ds messages=%d duplicates=%d",
                PAUSE, sent.size(), endpoint.count() - received().size());
    }

    @Test
    void takesNewSettingsWithoutAnotherConsumer() {
        subscriptions.create(name, topic, endpoint.url(), "");
        BROKER.witness().send(topic, "one");
        assertThat(endpoint.awaitBody("one").headers()).doesNotContainKey("x-tenant");

        var patched = subscriptions.patch(
                name,
                "{\"endpoint\":{\"headers\":{\"X-Tenant\":\"acme\"}},\"delivery\":{\"maxInFlight\":64},"
                        + "\"payload\":{\"format\":\"JSON\"},\"retry\":{\"maxAttempts\":3}}");
        await().until(() -> subscriptions.status(name).get("observedGeneration").equals(patched.get("generation")));
        BROKER.witness().send(topic, "two");

        var webhook = endpoint.await(2).get(1);
        assertThat(webhook.text()).contains("\"body\":\"two\"");
        assertThat(webhook.header("x-tenant")).isEqualTo("acme");
        assertThat(webhook.header("rocketmq-max-attempts")).isEqualTo("3");
        assertThat(gateway.log().split("subscription=" + name + " state=running", -1))
                .hasSize(2);
    }

    @Test
    void changesItsFilterWithoutLosingWhatTheNewOneTakes() {
        subscriptions.create(name, topic, endpoint.url(), "\"retry\":{\"schedule\":[\"1s\"]}");
        BROKER.witness().send(new Message(topic, "red", "both".getBytes()));
        endpoint.awaitBody("both");

        var patched = subscriptions.patch(name, "{\"source\":{\"filter\":{\"expression\":\"red\"}}}");
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            var status = subscriptions.status(name);
            return status.get("observedGeneration").equals(patched.get("generation"))
                    && status.get("phase").asText().equals("RUNNING");
        });
        IntStream.range(0, 20).forEach(i -> {
            BROKER.witness().send(new Message(topic, "red", ("red " + i).getBytes()));
            BROKER.witness().send(new Message(topic, "blue", ("blue " + i).getBytes()));
        });

        endpoint.await(21);
        BROKER.witness().send(new Message(topic, "red", "last".getBytes()));
        endpoint.awaitBody("last");
        assertThat(received()).noneMatch(text -> text.startsWith("blue"));
        assertThat(received().stream().filter(text -> text.startsWith("red"))).hasSize(20);
    }

    @Test
    void sendsATestPastThePause() {
        subscriptions.create(name, topic, endpoint.url(), "");
        subscriptions.act(name, "pause");
        subscriptions.awaitPhase(name, "PAUSED");

        var result = Subscriptions.json(subscriptions.post("/subscriptions/" + name + ":test", ""), 200);

        assertThat(result.get("verdict").asText()).isEqualTo("ACK");
        assertThat(result.get("status").asInt()).isEqualTo(200);
        var request = endpoint.await(1).get(0);
        assertThat(request.header("rocketmq-test")).isEqualTo("true");
        assertThat(request.header("webhook-id"))
                .isEqualTo(result.get("webhookId").asText());
        assertThat(request.header("webhook-signature")).startsWith("v1,");
        assertThat(request.text()).isEqualTo("{\"test\":true}");
    }

    @Test
    void deletesItWithItsGroupAndBeginsAnew() {
        subscriptions.create(name, topic, endpoint.url(), "");
        BROKER.witness().send(topic, "one");
        endpoint.awaitBody("one");

        assertThat(subscriptions.delete(name, "?deleteGroup=true").statusCode()).isEqualTo(204);
        assertThat(gateway.get("/subscriptions/" + name).statusCode()).isEqualTo(404);
        BROKER.witness().send(topic, "while there is none");
        subscriptions.create(name, topic, endpoint.url(), "");
        BROKER.witness().send(topic, "two");

        endpoint.awaitBody("two");
        assertThat(received()).containsExactlyInAnyOrder("one", "two");
    }
}
