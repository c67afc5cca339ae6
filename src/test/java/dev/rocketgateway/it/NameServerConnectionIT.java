package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.CuttingProxy;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.LoadGenerator;
import dev.rocketgateway.testing.TestBroker;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Connections to the name server that end while the gateway waits for an answer. */
class NameServerConnectionIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final int ONEWAY_MESSAGES = 64;

    @Test
    void asksOnceMoreForATopic() throws Exception {
        var topic = BROKER.newTopic();
        try (var proxy = new CuttingProxy(BROKER.nameServerAddress(), topic, sighting -> sighting == 1);
                var gateway = connectedTo(proxy)) {
            var answer = gateway.publish(topic, "", "x");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(proxy.cuts()).isEqualTo(1);
        }
    }

    /** The gateway knows the topic then and the client does not: it asks again with the message. */
    @Test
    void sendsAlthoughTheClientWasNotAnsweredBeforehand() throws Exception {
        var topic = BROKER.newTopic();
        try (var proxy = new CuttingProxy(BROKER.nameServerAddress(), topic, sighting -> sighting == 2);
                var gateway = connectedTo(proxy)) {
            var answer = gateway.publish(topic, "", "x");

            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(proxy.sightings()).isEqualTo(3);
        }
    }

    @Test
    void saysThatNobodyAnswersWhereItEndsAgain() throws Exception {
        var topic = BROKER.newTopic();
        try (var proxy = new CuttingProxy(BROKER.nameServerAddress(), topic, sighting -> true);
                var gateway = connectedTo(proxy)) {
            assertProblem(gateway.publish(topic, "", "x"), 503, "broker-unavailable", true);
            assertThat(proxy.cuts()).isEqualTo(2);

            assertThat(gateway.log()).doesNotContain("\tat ").doesNotContain("Caused by");
        }
    }

    /** The client asks before each one-way message to a broker it does not know, one after the other: the last would be late. */
    @Test
    void aFloodOfOnewayMessagesDoesNotAskForEach() throws Exception {
        var topic = BROKER.newTopic();
        try (var proxy = new CuttingProxy(BROKER.nameServerAddress(), topic, sighting -> false);
                var gateway = connectedTo(proxy)) {
            var load =
                    LoadGenerator.post(gateway.root(), "/topics/" + topic + "/messages?mode=oneway&timeout=20s", "x");

            assertThat(load.send(ONEWAY_MESSAGES, ONEWAY_MESSAGES)).isEqualTo(Map.of(204, ONEWAY_MESSAGES));

            assertThat(proxy.sightings())
                    .as("one for the gateway, one for the client")
                    .isEqualTo(2);
        }
    }

    private static GatewayProcess connectedTo(CuttingProxy proxy) {
        return GatewayProcess.builder()
                .with("gateway.rocketmq.namesrv-addr", proxy.address())
                .start();
    }
}
