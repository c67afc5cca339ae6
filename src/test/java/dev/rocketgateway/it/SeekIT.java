package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeekIT {

    private static final TestBroker BROKER = TestBroker.shared();

    private final String topic = BROKER.newTopic();
    private final String name = "s-" + Long.toString(System.nanoTime(), 36);
    private final TestEndpoint endpoint = TestEndpoint.answering(200);
    private final GatewayProcess gateway = GatewayProcess.shared();
    private final Subscriptions subscriptions = new Subscriptions(gateway);

    @BeforeEach
    void subscribe() {
        subscriptions.create(name, topic, endpoint.url(), "");
    }

    @AfterEach
    void stop() {
        subscriptions.delete(name, "");
        endpoint.close();
    }

    private HttpResponse<String> seek(String body) {
        return gateway.send(gateway.request("/subscriptions/" + name + ":seek", "Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private void send(String prefix) {
        IntStream.range(0, 20).forEach(i -> BROKER.witness().send(topic, prefix + i));
    }

    private List<String> received() {
        return endpoint.requests().stream().map(Request::text).toList();
    }

    @Test
    void deliversExactlyTheMessagesFromATimeOn() {
        send("before ");
        endpoint.await(20);
        var time = Instant.now().plusMillis(50);
        await().until(() -> Instant.now().isAfter(time.plusMillis(50)));
        send("after ");
        endpoint.await(40);

        var answer = seek("{\"position\":\"TIMESTAMP\",\"timestamp\":\"" + time + "\"}");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("\"position\":\"TIMESTAMP\"", time.toString());
        endpoint.await(60);
        send("end ");
        endpoint.await(80);
        assertThat(received()).hasSize(80);
        assertThat(received().subList(40, 60))
                .allMatch(text -> text.startsWith("after "))
                .doesNotHaveDuplicates();
    }

    @Test
    void movesBehindEverythingForATimeAfterTheLastMessage() {
        send("old ");
        endpoint.await(20);

        assertThat(seek("{\"position\":\"TIMESTAMP\",\"timestamp\":\"" + Instant.now() + "\"}")
                        .statusCode())
                .isEqualTo(200);
        send("new ");

        endpoint.await(40);
        assertThat(received()).hasSize(40);
        assertThat(received().subList(20, 40)).allMatch(text -> text.startsWith("new "));
    }

    @Test
    void goesBackToTheBeginningAndAheadToTheEnd() {
        send("first ");
        endpoint.await(20);

        assertThat(seek("{\"position\":\"EARLIEST\"}").statusCode()).isEqualTo(200);
        endpoint.await(40);
        assertThat(seek("{\"position\":\"LATEST\"}").statusCode()).isEqualTo(200);
        send("second ");

        endpoint.await(60);
        assertThat(received().subList(40, 60)).allMatch(text -> text.startsWith("second "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"position\":\"MIDDLE\"}",
                "{\"position\":7}",
                "{\"position\":\"TIMESTAMP\"}",
                "{\"position\":\"TIMESTAMP\",\"timestamp\":\"noon\"}",
                "{\"position\":\"LATEST\",\"timestamp\":\"2026-11-22T12:00:00Z\"}",
                "{\"position\":\"LATEST\",\"when\":1}"
            })
    void refusesAnInvalidPosition(String body) {
        var refused = seek(body);

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(refused.body()).contains("invalid-request");
    }
}
