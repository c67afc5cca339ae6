package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.rocketmq.common.message.Message;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryIT {

    private static final TestBroker BROKER = TestBroker.shared();

    private String topic;
    private String name;

    @BeforeEach
    void newTopic() {
        topic = BROKER.newTopic();
        name = "s-" + Long.toString(System.nanoTime(), 36);
    }

    private TestEndpoint endpoint;
    private GatewayProcess gateway;

    @AfterEach
    void stop() {
        if (gateway == GatewayProcess.shared()) {
            new Subscriptions(gateway).delete(name, "");
        } else {
            gateway.close();
        }
        endpoint.close();
    }

    private void subscribe(int maxAttempts, int... statuses) {
        endpoint = TestEndpoint.answering(statuses);
        gateway = GatewayProcess.shared();
        new Subscriptions(gateway)
                .create(name, topic, endpoint.url(), "\"retry\":{\"maxAttempts\":%d}".formatted(maxAttempts));
    }

    @Test
    void deliversTheMessageWithEverythingAboutIt() {
        subscribe(5, 200);

        var answer = gateway.publish(
                topic,
                "tag=created&key=order-1&key=k%2C%C3%BC&property.tenant=a%3Db%2C%25&property.st%C3%A4dt%20x=Z%C3%BCrich",
                "{\"order\":1}",
                "Content-Type",
                "application/json");

        var id = answer.headers().firstValue("RocketMQ-Message-Id").orElseThrow();
        var webhook = endpoint.awaitBody("{\"order\":1}");
        assertThat(webhook.method()).isEqualTo("POST");
        assertThat(webhook.path()).isEqualTo("/hook");
        assertThat(webhook.headers())
                .containsEntry("content-type", "application/json")
                .containsEntry("webhook-id", id)
                .containsEntry("rocketmq-message-id", id)
                .containsEntry("rocketmq-subscription", name)
                .containsEntry("rocketmq-topic", topic)
                .containsEntry("rocketmq-tags", "created")
                .containsEntry("rocketmq-keys", "order-1,k%2C%C3%BC")
                .containsEntry("rocketmq-delivery-attempt", "1")
                .containsEntry("rocketmq-max-attempts", "5")
                .containsEntry("rocketmq-broker", "broker-a")
                .containsEntry("rocketmq-prop-tenant", "a=b,%25")
                .containsEntry("rocketmq-prop-st%c3%a4dt%20x", "Z%C3%BCrich")
                .containsEntry("rocketmq-prop-contenttype", "application/json")
                .doesNotContainKey("rocketmq-prop-uniq_key");
        assertThat(webhook.header("user-agent")).startsWith("rocketmq-http-gateway/");
        assertThat(Long.parseLong(webhook.header("webhook-timestamp")))
                .isCloseTo(Instant.now().getEpochSecond(), Offset.offset(30L));
        assertThat(Instant.parse(webhook.header("rocketmq-born-timestamp")))
                .isBetween(Instant.now().minusSeconds(30), Instant.now());
        assertThat(webhook.header("rocketmq-queue-id")).matches("[0-3]");
        assertThat(webhook.header("rocketmq-queue-offset")).isEqualTo("0");
    }

    @Test
    void deliversBodiesByteForByte() {
        subscribe(5, 204);
        var everyByte = new byte[256];
        IntStream.range(0, 256).forEach(i -> everyByte[i] = (byte) i);

        gateway.publish(topic, "", BodyPublishers.ofByteArray(everyByte));

        var webhook = endpoint.await(1).get(0);
        assertThat(webhook.body()).isEqualTo(everyByte);
        assertThat(webhook.header("content-type")).isEqualTo("application/octet-stream");
    }

    @Test
    void deliversWhatNativeProducersSendAndCompress() {
        subscribe(5, 200);
        var body = "a long text that compresses well. ".repeat(1000);

        BROKER.witness().send(new Message(topic, body.getBytes(StandardCharsets.UTF_8)));

        endpoint.awaitBody(body);
    }

    @Test
    void retriesWhenTheEndpointAnswers503() {
        subscribe(5, 503, 503, 200);

        gateway.publish(topic, "", "try again");

        var requests = endpoint.await(3);
        assertThat(requests)
                .extracting(request -> request.header("rocketmq-delivery-attempt"))
                .containsExactly("1", "2", "3");
        assertThat(requests).extracting(Request::text).containsOnly("try again");
        assertThat(requests)
                .extracting(request -> request.header("webhook-id"))
                .containsOnly(requests.get(0).header("webhook-id"));
        assertThat(requests)
                .extracting(request -> request.header("rocketmq-topic"))
                .containsOnly(topic);
        assertThat(requests.get(0).headers()).containsKey("rocketmq-queue-offset");
        assertThat(requests.get(1).headers()).doesNotContainKey("rocketmq-queue-offset");
        // The endpoint knows of its answer before the gateway does.
        await().untilAsserted(() -> assertThat(gateway.log())
                .containsOnlyOnce("endpoint failing, messages are retried topic=" + topic)
                .contains("endpoint recovered subscription=" + name));
    }

    @Test
    void deadLettersWhatIsNeverAcknowledgedAfterAsManyAttemptsAsAllowed() {
        subscribe(3, 500);

        var id = gateway.publish(topic, "key=lost&property.a=b", "never")
                .headers()
                .firstValue("RocketMQ-Message-Id")
                .orElseThrow();

        endpoint.await(3);
        var deadLetters = "%DLQ%GW-" + name;
        await().atMost(Duration.ofSeconds(30)).until(() -> BROKER.count(deadLetters) == 1);
        var dead = BROKER.stored(deadLetters).get(0);
        assertThat(dead.text()).isEqualTo("never");
        assertThat(dead.properties()).containsEntry("a", "b").containsEntry("UNIQ_KEY", id);
        assertThat(endpoint.requests()).hasSize(3);
        assertThat(gateway.get("/q/metrics").body())
                .contains(
                        "gateway_delivery_dead_lettered_total{reason=\"exhausted\",subscription=\"" + name + "\"} 1.0")
                .contains("gateway_delivery_attempts_seconds_count{class=\"5xx\",subscription=\"" + name + "\"} 3")
                .contains("gateway_subscription_state{state=\"running\",subscription=\"" + name + "\"} 1.0");
    }

    @Test
    void deliversOnlyWhatComesAfterItByDefaultAndOnlyTheTagsAskedFor() {
        BROKER.witness().send(topic, "old");
        endpoint = TestEndpoint.answering(200);
        gateway = GatewayProcess.connectedTo(BROKER)
                .subscribing(name, topic, endpoint)
                .with("gateway.subscriptions." + name + ".source.filter.expression", "wanted || too")
                .start();
        await().until(() -> gateway.log().contains("subscription=" + name + " state=running"));

        gateway.publish(topic, "tag=other", "unwanted");
        gateway.publish(topic, "tag=wanted", "one");
        gateway.publish(topic, "tag=too", "two");

        endpoint.awaitBody("one");
        endpoint.awaitBody("two");
        assertThat(endpoint.requests()).extracting(Request::text).containsExactlyInAnyOrder("one", "two");
    }

    @Test
    void deliversAllStoredMessagesFromTheEarliestPosition() {
        IntStream.range(0, 20).forEach(i -> BROKER.witness().send(topic, "old " + i));
        endpoint = TestEndpoint.answering(200);
        gateway = GatewayProcess.connectedTo(BROKER)
                .subscribing(name, topic, endpoint)
                .with("gateway.subscriptions." + name + ".source.start-from.position", "EARLIEST")
                .start();

        assertThat(endpoint.await(20)).extracting(Request::text).doesNotHaveDuplicates();
    }

    @Test
    void deliversTheFirstMessageOfATopicThatIsMadeLater() {
        var later = "t-" + UUID.randomUUID();
        endpoint = TestEndpoint.answering(200);
        gateway = GatewayProcess.connectedTo(BROKER)
                .subscribing(name, later, endpoint)
                .with("gateway.deliver.reconcile-interval", "3s")
                .start();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> gateway.log().contains("subscription=" + name + " state=failed"));

        BROKER.witness().createTopic(later, 4);
        BROKER.witness().send(later, "first");

        endpoint.awaitBody("first");
    }

    @Test
    void goesOnWhereItWasAfterARestart() {
        endpoint = TestEndpoint.answering(200);
        gateway = GatewayProcess.connectedTo(BROKER)
                .subscribing(name, topic, endpoint)
                .start();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> gateway.log().contains("subscription=" + name + " state=running"));
        gateway.publish(topic, "", "first");
        endpoint.awaitBody("first");
        gateway.close();
        BROKER.witness().send(topic, "meanwhile");

        gateway = GatewayProcess.connectedTo(BROKER)
                .subscribing(name, topic, endpoint)
                .start();

        endpoint.awaitBody("meanwhile");
        assertThat(endpoint.requests()).extracting(Request::text).containsExactlyInAnyOrder("first", "meanwhile");
    }
}
