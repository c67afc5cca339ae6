package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of messages of a hundred callers that leave together, when something goes wrong with one or with all.
 *
 * <p>The broker is frozen, so that a first message is under way and a hundred wait for it to return.
 */
class CoalescingFaultsIT {

    private static final int CALLERS = 100;

    /** Longer than a machine with other things to do takes to get them all to wait. */
    private static final String PATIENT = "&timeout=25s";

    /** It takes no batch that is larger, nor a message. */
    private static final int MAX_BYTES = 64 * 1024;

    private static TestBroker broker;

    private static GatewayProcess gateway;

    private String topic;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.startTaking(MAX_BYTES);
        gateway = GatewayProcess.connectedTo(broker)
                .with("gateway.publish.coalescing.enabled", true)
                .with("gateway.publish.coalescing.threshold", 1)
                .with("gateway.publish.coalescing.max-wait", "60s")
                .start();
    }

    @AfterAll
    static void stopBroker() {
        gateway.close();
        broker.close();
    }

    @BeforeEach
    void start() {
        topic = broker.newTopic();
        await().atMost(Duration.ofSeconds(40))
                .until(() -> gateway.publish(topic, "", "warm").statusCode() == 200);
    }

    @AfterEach
    void stop() {
        broker.repair();
        assertHoldsNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async"})
    void tellsOnlyTheCallerWhoseMessageTheBrokerRefuses(String mode) {
        broker.freezeBroker();
        long sends = metric("gateway_publish_coalesced_messages_count");

        var first = publish(mode + PATIENT, "first");
        awaitHeld(1);
        var answers = IntStream.range(0, CALLERS)
                .mapToObj(
                        i -> publish(mode + PATIENT, i == 50 ? "x".repeat(MAX_BYTES + 1) : "m" + i + " ".repeat(1000)))
                .toList();
        awaitHeld(CALLERS + 1);
        broker.thawBroker();

        assertThat(first.join().statusCode()).isEqualTo(stored(mode));
        answers.forEach(CompletableFuture::join);
        var all = broker.storedByNow(topic);
        for (int i = 0; i < CALLERS; i++) {
            var answer = answers.get(i).join();
            if (i == 50) {
                assertProblem(answer, 413, "message-too-large", false);
            } else {
                assertIsThere(all, answer, mode, "m" + i);
            }
        }
        assertThat(all).hasSize(CALLERS - 1 + 2);
        assertThat(metric("gateway_publish_coalesced_messages_count") - sends)
                .as("sends, of the first and of all others together")
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async"})
    void tellsEveryCallerThatTheTopicIsGone(String mode) {
        broker.admin("deleteTopic", "-c", "local", "-t", topic);
        var answers = IntStream.range(0, CALLERS)
                .mapToObj(i -> publish(mode + PATIENT, "m" + i))
                .toList();

        answers.forEach(answer -> assertProblem(answer.join(), 404, "topic-not-found", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async"})
    void tellsWhoseMessageMayBeStoredWhenTheBrokerIsKilled(String mode) {
        broker.freezeBroker();
        var first = publish(mode + PATIENT, "first");
        awaitHeld(1);
        var answers = IntStream.range(0, CALLERS)
                .mapToObj(i -> publish(mode + PATIENT, "m" + i))
                .toList();
        awaitHeld(CALLERS + 1);

        broker.killBroker();

        assertProblem(first.join(), 503, "broker-unavailable", true);
        assertThat(outcome(first.join())).isEqualTo("unknown");
        for (var answer : answers) {
            assertProblem(answer.join(), 503, "broker-unavailable", true);
        }
        broker.restartBroker();
        await().atMost(Duration.ofSeconds(40))
                .until(() -> gateway.publish(topic, "mode=" + mode, "after").statusCode() == stored(mode));
        assertThat(broker.stored(topic))
                .extracting(Stored::text)
                .contains("after")
                .noneMatch(text -> text.startsWith("m"));
        assertHoldsNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async"})
    void answersInTimeWhoeverCannotWaitAndDoesNotSendItLater(String mode) {
        broker.freezeBroker();
        var first = publish(mode + PATIENT, "first");
        awaitHeld(1);
        var patient = IntStream.range(0, CALLERS / 2)
                .mapToObj(i -> publish(mode + PATIENT, "patient" + i))
                .toList();
        var hurried = IntStream.range(0, CALLERS / 2)
                .mapToObj(i -> publish(mode + "&timeout=300ms", "hurried" + i))
                .toList();

        hurried.forEach(answer -> assertProblem(answer.join(), 504, "broker-timeout", true));
        assertThat(patient).noneMatch(CompletableFuture::isDone);
        broker.thawBroker();

        assertThat(first.join().statusCode()).isEqualTo(stored(mode));
        patient.forEach(CompletableFuture::join);
        var all = broker.storedByNow(topic);
        for (int i = 0; i < patient.size(); i++) {
            assertIsThere(all, patient.get(i).join(), mode, "patient" + i);
        }
        assertThat(all).extracting(Stored::text).noneMatch(text -> text.startsWith("hurried"));
        assertHoldsNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async"})
    void answersInTimeWhileTheBrokerIsFrozenAndServesAgainAfterIt(String mode) {
        broker.freezeBroker();
        var answers = IntStream.range(0, CALLERS)
                .mapToObj(i -> publish(mode + "&timeout=2s", "m" + i))
                .toList();

        for (var answer : answers) {
            assertProblem(answer.join(), 504, "broker-timeout", true);
            assertThat(outcome(answer.join())).isEqualTo("unknown");
        }
        broker.thawBroker();

        await().atMost(Duration.ofSeconds(20))
                .until(() -> gateway.publish(topic, "mode=" + mode, "after").statusCode() == stored(mode));
        assertHoldsNothing();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async"})
    void storesWhatItTookFromCallersWhoLeftAndHarmsNobodyElse(String mode) throws IOException {
        broker.freezeBroker();
        var first = publish(mode + PATIENT, "first");
        awaitHeld(1);
        var leaving = new ArrayList<Socket>();
        for (int i = 0; i < CALLERS / 2; i++) {
            leaving.add(publishAndWaitForNothing(mode + PATIENT, "left" + i));
        }
        var staying = IntStream.range(0, CALLERS / 2)
                .mapToObj(i -> publish(mode + PATIENT, "stayed" + i))
                .toList();
        awaitHeld(CALLERS + 1);
        for (var caller : leaving) {
            caller.close();
        }
        broker.thawBroker();

        assertThat(first.join().statusCode()).isEqualTo(stored(mode));
        staying.forEach(CompletableFuture::join);
        var all = broker.storedByNow(topic);
        for (int i = 0; i < staying.size(); i++) {
            assertIsThere(all, staying.get(i).join(), mode, "stayed" + i);
        }
        assertThat(all)
                .extracting(Stored::text)
                .filteredOn(text -> text.startsWith("left"))
                .doesNotHaveDuplicates()
                .hasSize(CALLERS / 2);
        assertHoldsNothing();
        assertThat(gateway.log()).doesNotContain(" ERROR ");
    }

    private CompletableFuture<HttpResponse<String>> publish(String mode, String body) {
        return gateway.http()
                .sendAsync(
                        gateway.request("/topics/" + topic + "/messages?mode=" + mode)
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString());
    }

    /** Closing it resets the connection, as a process does that is killed. */
    private Socket publishAndWaitForNothing(String mode, String body) throws IOException {
        var caller = new Socket(gateway.root().getHost(), gateway.root().getPort());
        caller.setSoLinger(true, 0);
        caller.getOutputStream()
                .write("POST /topics/%s/messages?mode=%s HTTP/1.1\r\nHost: gateway\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(topic, mode, body.length(), body)
                        .getBytes(US_ASCII));
        return caller;
    }

    /** The message the answer is about is where the answer says. */
    private static void assertIsThere(List<Stored> all, HttpResponse<String> answer, String mode, String body) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(stored(mode));
        var receipt = new JsonObject(answer.body());
        assertThat(all)
                .filteredOn(stored -> stored.id().equals(receipt.getString("msgId")))
                .singleElement()
                .satisfies(stored -> {
                    assertThat(stored.text().strip()).isEqualTo(body);
                    assertThat(stored.offset()).isEqualTo(receipt.getLong("queueOffset"));
                    assertThat(stored.queue())
                            .isEqualTo(receipt.getJsonObject("messageQueue").getInteger("queueId"));
                });
    }

    private static String outcome(HttpResponse<String> problem) {
        return new JsonObject(problem.body()).getString("outcome");
    }

    private static int stored(String mode) {
        return mode.equals("sync") ? 200 : 202;
    }

    private void awaitHeld(int messages) {
        await().atMost(Duration.ofSeconds(20)).until(() -> metric("gateway_publish_in_flight") == messages);
    }

    private void assertHoldsNothing() {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(metric("gateway_publish_in_flight")).isZero();
            assertThat(metric("gateway_publish_in_flight_size_bytes")).isZero();
        });
    }

    private long metric(String name) {
        return gateway.get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(0);
    }
}
