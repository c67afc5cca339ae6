package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a subscription is refused for that its document does not show, with the way out. */
class AdmissionIT {

    private static final TestBroker BROKER = TestBroker.shared();

    private static GatewayProcess gateway;
    private static Subscriptions subscriptions;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.shared();
        subscriptions = new Subscriptions(gateway);
    }

    private static String refusal(String topic, String url, int status) {
        var answer = subscriptions.post("/subscriptions", """
                {"name":"refused","source":{"topic":"%s"},"endpoint":{"url":"%s"}}""".formatted(topic, url));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer.body();
    }

    @Test
    void saysHowToMakeAMissingTopic() {
        assertThat(refusal("nobody-made-it", "https://127.0.0.1/", 400))
                .contains(
                        "'nobody-made-it' has no route on any broker; create the topic with RocketMQ's `mqadmin updateTopic`")
                .contains("or publish a message to it first if gateway.publish.allow-topic-creation is true");
    }

    @Test
    void saysWhichSettingOpensATargetAndWhoCanSetIt() {
        assertThat(refusal(BROKER.newTopic(), "http://169.254.169.254/", 422))
                .contains(
                        "endpoint.url: address 169.254.169.254 is denied: metadata; the gateway's operator can allow it"
                                + " by adding '169.254.169.254' to gateway.webhook.allowed-targets.");
    }
}
