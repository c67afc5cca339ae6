package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.RawHttp;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways to reach a cluster besides a plain address. */
class ConnectionIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final int END = -1;

    /** As ApsaraMQ's instance endpoints: the first label of the host puts every topic and group into a namespace. */
    @Test
    void publishesAndDeliversInTheNamespaceOfAnInstanceEndpoint(@TempDir Path directory) throws IOException {
        var host = "MQ_INST_1234_abcd.local.test";
        var hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 " + host + "\n");
        var port = BROKER.nameServerAddress().split(":")[1];
        var topic = "t-" + System.nanoTime();
        BROKER.witness().createTopic("MQ_INST_1234_abcd%" + topic, 4);
        BROKER.witness().send("MQ_INST_1234_abcd%" + topic, "old");
        try (var endpoint = TestEndpoint.answering(503, 200);
                var gateway = GatewayProcess.builder()
                        // The old message is of this moment, and by default a subscription begins 10 s before the
                        // start.
                        .with("gateway.deliver.clock-tolerance", "0s")
                        .with("gateway.rocketmq.namesrv-addr", "http://" + host + ":" + port)
                        .withJvmOption("-Djdk.net.hosts.file=" + hosts)
                        .subscribing("namespaced", topic, endpoint)
                        .start()) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> gateway.log().contains("subscription=namespaced state=running"));

            for (String mode : new String[] {"sync", "async", "oneway"}) {
                var answer = gateway.publish(topic, "mode=" + mode, "by " + mode);
                assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
                endpoint.awaitBody("by " + mode);
            }

            var requests = endpoint.await(4);
            assertThat(requests).extracting(TestEndpoint.Request::text).doesNotContain("old");
            assertThat(requests)
                    .extracting(request -> request.header("rocketmq-topic"))
                    .containsOnly(topic);
            assertProblem(gateway.publish("not-there", "", "x"), 404, "topic-not-found", false);
        }
    }

    /** The broker's own certificate is one it has made for itself. */
    @Test
    void connectsToAnUntrustedBrokerOverTlsOnlyIfConfigured() {
        try (var broker = TestBroker.startWithTls()) {
            var topic = broker.newTopic();
            try (var gateway =
                    encrypted(broker).with("gateway.rocketmq.tls.verify", false).start()) {
                // The handshake is part of the first send.
                var answer = gateway.publish(topic, "timeout=20s", "encrypted");

                assertThat(answer.statusCode())
                        .as(answer.body() + gateway.log())
                        .isEqualTo(200);
                assertThat(gateway.log()).contains("tls=on");
            }
            try (var gateway = encrypted(broker).start()) {
                assertProblem(gateway.publish(topic, "", "x"), 503, "broker-unavailable", true);
                assertThat(gateway.get("/q/health/ready").statusCode()).isEqualTo(503);
            }
        }
    }

    @Test
    void closesConnectionsThatAreIdleOrTooMany() throws IOException {
        var topic = BROKER.newTopic();
        try (var gateway = GatewayProcess.connectedTo(BROKER)
                        .with("quarkus.http.limits.max-connections", 2)
                        .with("quarkus.http.idle-timeout", "1s")
                        .start();
                var first = connect(gateway);
                var second = connect(gateway);
                var third = connect(gateway)) {
            assertThat(third.getInputStream().read()).isEqualTo(END);
            assertThat(first.getInputStream().read()).isEqualTo(END);
            assertThat(second.getInputStream().read()).isEqualTo(END);

            // The first send of a gateway can take longer than such an idle timeout on a busy machine.
            await().ignoreExceptions()
                    .until(() -> gateway.publish(topic, "", "room again").statusCode() == 200);
        }
    }

    /** The next request may be on its way already, and must not be taken: its caller sends it again. */
    /** Again and again: a warm gateway has read all of it before it refuses. */
    @RepeatedTest(20)
    void closesTheConnectionOfALargeBodyItHasRefused() {
        var topic = BROKER.newTopic();
        var refused = post(topic + "/messages?tga=x", "x".repeat(100_000));

        var answer = RawHttp.exchange(GatewayProcess.shared().root(), refused + post(topic + "/messages", "next"));

        assertThat(answer)
                .startsWith("HTTP/1.1 400 ")
                .containsOnlyOnce("HTTP/1.1")
                .contains("connection: close");
        assertThat(BROKER.count(topic)).isZero();
    }

    private static String post(String path, String body) {
        return "POST /topics/%s HTTP/1.1\r\nHost: gateway\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(path, body.length(), body);
    }

    private static Socket connect(GatewayProcess gateway) throws IOException {
        var socket = new Socket(gateway.root().getHost(), gateway.root().getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static GatewayProcess.Builder encrypted(TestBroker broker) {
        return GatewayProcess.connectedTo(broker)
                .with("gateway.rocketmq.tls.enabled", true)
                // A first handshake between two JVMs that have just started can take seconds.
                .with("gateway.rocketmq.probe-timeout", "10s");
    }
}
