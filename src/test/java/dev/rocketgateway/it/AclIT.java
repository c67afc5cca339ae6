package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker with an ACL, and credentials from the environment as ApsaraMQ users set them. */
class AclIT {

    private static final String ACCESS_KEY = "gateway";
    private static final String SECRET = "secret-7f3a9c";
    private static final String TOPIC = "acl-topic";

    private static TestBroker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        broker = TestBroker.startWithAcl(ACCESS_KEY, SECRET);
        broker.createTopicAs(ACCESS_KEY, SECRET, TOPIC);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static GatewayProcess.Builder gateway(String secret) {
        return GatewayProcess.connectedTo(broker)
                .withEnvironment("ALIBABA_CLOUD_ACCESS_KEY_ID", ACCESS_KEY)
                .withEnvironment("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret);
    }

    @Test
    void publishesAndDeliversWithTheRightPair() {
        try (var endpoint = TestEndpoint.answering(200);
                var gateway =
                        gateway(SECRET).subscribing("acl", TOPIC, endpoint).start()) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> gateway.log().contains("subscription=acl state=running"));

            for (String mode : new String[] {"sync", "async", "oneway"}) {
                var answer = gateway.publish(TOPIC, "mode=" + mode, "with " + mode);
                assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
                endpoint.awaitBody("with " + mode);
            }
            assertThat(gateway.log()).contains("acl=on");
            assertNothingTells(gateway, SECRET);
        }
    }

    @Test
    void answers403WithAWrongSecret() {
        var wrong = "wrong-secret-51d2";
        try (var gateway = gateway(wrong).start()) {
            for (String mode : new String[] {"sync", "async"}) {
                // A broker that other tests keep busy may not answer within the default of 3 s.
                var answer = gateway.publish(TOPIC, "timeout=20s&mode=" + mode, "x");
                assertProblem(answer, 403, "broker-denied", false);
                assertThat(new JsonObject(answer.body()).getInteger("brokerCode"))
                        .isEqualTo(16);
            }
            assertNothingTells(gateway, wrong);
        }
    }

    @Test
    void doesNotStartWithHalfAPair() throws InterruptedException {
        var process = GatewayProcess.connectedTo(broker)
                .withEnvironment("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET)
                .launch();

        process.awaitOutput(
                "but neither gateway.rocketmq.access-key (ALIBABA_CLOUD_ACCESS_KEY_ID) nor gateway.rocketmq.access-key-file is",
                Duration.ofSeconds(30));
        await().atMost(Duration.ofSeconds(20)).until(() -> !process.isAlive());
        assertThat(process.output()).doesNotContain(SECRET).doesNotContain("Listening on");
    }

    @Test
    void doesNotStartWithoutTheFileOfAKey() throws InterruptedException {
        var missing = directory.resolve("missing");
        var process = GatewayProcess.connectedTo(broker)
                .with("gateway.rocketmq.access-key", ACCESS_KEY)
                .with("gateway.rocketmq.secret-key-file", missing)
                .launch();

        process.awaitOutput(
                "gateway.rocketmq.secret-key-file: %s does not exist. Write the secret key".formatted(missing),
                Duration.ofSeconds(30));
        await().atMost(Duration.ofSeconds(20)).until(() -> !process.isAlive());
    }

    static void assertNothingTells(GatewayProcess gateway, String secret) {
        assertThat(gateway.log()).doesNotContain(secret);
        for (String path : new String[] {"/q/health", "/q/metrics", "/q/openapi", "/problems", "/nothing"}) {
            assertThat(gateway.get(path).body()).doesNotContain(secret);
        }
    }
}
