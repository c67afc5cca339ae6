package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.ReplierProcess;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mode=request}, with the replier of the documentation on the other side. */
class RequestReplyIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static GatewayProcess gateway;
    private static ReplierProcess replier;
    private static String topic;

    @BeforeAll
    static void start() {
        topic = BROKER.newTopic();
        gateway = GatewayProcess.shared();
        replier = ReplierProcess.replyingTo(topic, BROKER, gateway);
    }

    @AfterAll
    static void stop() {
        replier.close();
    }

    @Test
    void answersWithTheReplyAndItsAttributes() {
        var answer = gateway.publish(topic, "mode=request&key=order-42&key=a,b", "grüezi");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("GRÜEZI");
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/plain;charset=UTF-8");
        assertThat(answer.headers().firstValue("RocketMQ-Tag")).hasValue("shouted");
        assertThat(answer.headers().firstValue("RocketMQ-Keys")).hasValue("order-42,a%2Cb");
        // What RocketMQ adds to a reply is none of the caller's business.
        assertThat(answer.headers().allValues("RocketMQ-Property"))
                .containsExactly("city=Z%C3%BCrich", "contentType=text/plain;charset=UTF-8");
        assertThat(answer.headers().firstValue("RocketMQ-Message-Id")).isPresent();
    }

    @Test
    void givesEachCallerItsOwnReply() {
        var requests = IntStream.range(0, 200)
                .mapToObj(i -> gateway.http()
                        .sendAsync(
                                gateway.request("/topics/" + topic + "/messages?mode=request&timeout=20s")
                                        .POST(BodyPublishers.ofString("call " + i))
                                        .build(),
                                BodyHandlers.ofString()))
                .toList();

        CompletableFuture.allOf(requests.toArray(CompletableFuture[]::new)).join();

        assertThat(requests.stream().map(CompletableFuture::join).map(HttpResponse::body))
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(i -> "CALL " + i).toList());
    }

    @Test
    void takesAMessageGroup() {
        assertThat(request(topic, "messageGroup=g", "in order").body()).isEqualTo("IN ORDER");
    }

    /** The first request of a client to a broker it has only published to before. */
    @Test
    void waitsForAReplyRightAfterAnotherMessage() {
        try (var fresh = GatewayProcess.connectedTo(BROKER).start()) {
            assertThat(fresh.publish(topic, "", "no reply needed").statusCode()).isEqualTo(200);

            assertThat(fresh.publish(topic, "mode=request&timeout=20s", "hello").body())
                    .isEqualTo("HELLO");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&messageGroup=g"})
    void saysThatTheRequestIsStoredWhenNobodyReplies(String attributes) {
        var silent = BROKER.newTopic();

        var answer = request(silent, "timeout=5s" + attributes, "anybody?");

        assertProblem(answer, 504, "reply-timeout");
        assertThat(new JsonObject(answer.body()).getBoolean("stored")).isTrue();
        assertThat(new JsonObject(answer.body()).containsKey("outcome")).isFalse();
        await().until(() -> BROKER.count(silent) == 1);
    }

    @Test
    void tellsOfAMissingTopicAtOnce() {
        assertProblem(request("no-such-topic", "timeout=20s", "x"), 404, "topic-not-found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"delay=1s", "delayLevel=1", "deliverAt=1600000000000"})
    void refusesARequestThatIsDeliveredLater(String schedule) {
        var answer = request(topic, schedule, "x");

        assertProblem(answer, 400, "invalid-request");
        assertThat(answer.body())
                .contains(
                        "mode: cannot be 'request' for a scheduled message; use another mode, or leave out the schedule");
    }

    @Test
    void hasNoBatchesOfRequests() {
        var answer =
                gateway.publishBatch(topic, "mode=request", "application/json", "{\"messages\":[{\"body\":\"a\"}]}");

        assertProblem(answer, 400, "unknown-mode");
        assertThat(answer.body()).contains("mode: is 'request'; it must be sync, async or oneway");
    }

    private static HttpResponse<String> request(String topic, String query, String body) {
        return gateway.publish(topic, "mode=request&" + query, body);
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo(code);
    }
}
