package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.security.identity.ApiKey;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestIssuer;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway with a publisher of some topics, an owner of a subscription, somebody on call, and strangers. */
class SecurityIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final String PREFIX = "t-" + UUID.randomUUID().toString().substring(0, 8) + "-";
    private static final String PUBLISHER = ApiKey.generate();
    private static final String OWNER = ApiKey.generate();
    private static final String ON_CALL = ApiKey.generate();
    private static final String NEXT_PUBLISHER = ApiKey.generate();
    private static final int FAILURES = 20;

    private static GatewayProcess gateway;
    private static TestIssuer issuer;
    private static Path keyFile;
    private static String mine;
    private static String other;

    @BeforeAll
    static void start(@TempDir Path directory) throws IOException {
        issuer = TestIssuer.start();
        mine = PREFIX + "mine";
        BROKER.witness().createTopic(mine, 4);
        other = BROKER.newTopic();
        keyFile = Files.writeString(directory.resolve("keys"), PUBLISHER + "\n");
        var builder = GatewayProcess.connectedTo(BROKER)
                .without("gateway.security.anonymous")
                .with("gateway.security.failures-per-minute", FAILURES)
                .with("gateway.security.rules.publisher.publish", PREFIX + "*")
                .with("gateway.security.rules.owner.subscribe", PREFIX + "*")
                .with("gateway.security.rules.on-call.subscribe", "*")
                .with("gateway.security.rules.on-call.read", PREFIX + "*")
                .with("gateway.security.api-keys.shop.file", keyFile)
                .with("gateway.security.api-keys.shop.roles", "publisher")
                .with("gateway.security.api-keys.worker.sha256", ApiKey.sha256(OWNER))
                .with("gateway.security.api-keys.worker.roles", "owner")
                .with("gateway.security.api-keys.on-call.sha256", ApiKey.sha256(ON_CALL))
                .with("gateway.security.api-keys.on-call.roles", "on-call")
                .with("gateway.publish.rate-limit.per-caller", 1000)
                .with("gateway.publish.rate-limit.window", "1h");
        issuer.settings("corp").forEach(builder::with);
        gateway = builder.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        issuer.close();
    }

    private static String[] by(String credential) {
        return new String[] {"Authorization", "Bearer " + credential};
    }

    private static HttpResponse<String> send(String method, String path, String credential, String type, String body) {
        return gateway.send(gateway.request(path, by(credential))
                .header("Content-Type", type)
                .method(method, BodyPublishers.ofString(body)));
    }

    /** Every form of a message, and the number of messages it stores. */
    private static int publishInEveryForm(String topic, String credential, int expected) {
        int stored = 0;
        for (var mode : List.of("sync", "async", "oneway")) {
            var single = "/topics/" + topic + "/messages?mode=" + mode;
            var batch = "/topics/" + topic + "/messages:batch?mode=" + mode;
            var answers = new ArrayList<HttpResponse<String>>();
            answers.add(send("POST", single, credential, "text/plain", "x"));
            answers.add(send("POST", single, credential, "application/cloudevents+json", """
                    {"specversion":"1.0","id":"1","source":"/a","type":"b","data":1}"""));
            answers.add(send(
                    "POST",
                    batch,
                    credential,
                    "application/json",
                    "{\"messages\":[{\"body\":\"x\"},{\"body\":\"y\"}]}"));
            answers.add(send("POST", batch, credential, "application/x-ndjson", "{\"a\":1}\n{\"a\":2}\n"));
            answers.add(send("POST", batch, credential, "application/cloudevents-batch+json", """
                    [{"specversion":"1.0","id":"1","source":"/a","type":"b","data":1}]"""));
            for (var answer : answers) {
                if (expected == 200) {
                    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
                } else {
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(expected);
                }
            }
            stored += 7;
        }
        var request = send(
                "POST", "/topics/" + topic + "/messages?mode=request&timeout=300ms", credential, "text/plain", "x");
        assertThat(request.statusCode()).isEqualTo(expected == 200 ? 504 : expected);
        return stored + 1;
    }

    @Test
    void aPublisherPublishesToItsTopicsInEveryFormAndToNoOther() {
        long before = BROKER.witness().appended(mine);
        int sent = publishInEveryForm(mine, PUBLISHER, 200);
        await().atMost(Duration.ofSeconds(30)).until(() -> BROKER.witness().appended(mine) == before + sent);

        publishInEveryForm(other, PUBLISHER, 403);
        publishInEveryForm(mine, OWNER, 403);
        publishInEveryForm(mine, issuer.token("alice", "publisher-of-others"), 403);
        publishInEveryForm(mine, issuer.token("bob", "publisher"), 200);

        await().atMost(Duration.ofSeconds(30)).until(() -> BROKER.witness().appended(mine) == before + 2L * sent);
        assertThat(BROKER.witness().appended(other)).isZero();
    }

    /** A token that is not remembered is verified while the body waits, which must arrive whole. */
    @Test
    void keepsTheBodyOfARequestWhoseTokenIsVerified() {
        var body = "x".repeat(300_000);
        for (int i = 0; i < 5; i++) {
            assertThat(send(
                                    "POST",
                                    "/topics/" + mine + "/messages",
                                    issuer.token("carol" + i, "publisher"),
                                    "text/plain",
                                    body)
                            .statusCode())
                    .isEqualTo(200);
            assertThat(send(
                                    "POST",
                                    "/topics/" + mine + "/messages:batch",
                                    issuer.token("dave" + i, "publisher"),
                                    "application/json",
                                    "{\"messages\":[{\"body\":\"%s\"}]}".formatted(body))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(send(
                                    "POST",
                                    "/subscriptions",
                                    issuer.token("erin" + i, "owner"),
                                    "application/json",
                                    "{\"name\":\"%s\"}".formatted(body))
                            .body())
                    .contains("document-too-large");
        }
    }

    private static String document(String name, String topic, String more) {
        return """
                {"name":"%s","source":{"topic":"%s"},"endpoint":{"url":"http://127.0.0.1:1/"}%s}""".formatted(name, topic, more);
    }

    @Test
    void aSubscriptionExistsForThoseWhoMaySubscribeToItsTopicOrReadIt() {
        assertThat(send("POST", "/subscriptions", ON_CALL, "application/json", document("of-others", other, ""))
                        .statusCode())
                .isEqualTo(201);
        assertThat(send("POST", "/subscriptions", OWNER, "application/json", document("of-mine", mine, ""))
                        .statusCode())
                .isEqualTo(201);
        assertThat(send("POST", "/subscriptions", OWNER, "application/json", document("foreign", other, ""))
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(
                                "POST",
                                "/subscriptions",
                                OWNER,
                                "application/json",
                                document(
                                        "leak",
                                        mine,
                                        ",\"deadLetter\":{\"mode\":\"TOPIC\",\"topic\":\"%s\"}".formatted(other)))
                        .body())
                .contains("Permission 'publish' on topic '" + other + "' is missing");

        assertThat(gateway.get("/subscriptions", by(OWNER)).body())
                .contains("of-mine")
                .doesNotContain("of-others");
        assertThat(gateway.get("/subscriptions/of-others", by(OWNER)).statusCode())
                .isEqualTo(404);
        assertThat(gateway.get("/subscriptions/of-others", by(PUBLISHER)).statusCode())
                .isEqualTo(404);
        assertThat(gateway.get("/subscriptions/of-mine/dlq", by(OWNER)).statusCode())
                .isEqualTo(403);
        assertThat(gateway.get("/subscriptions/of-mine/dlq?body=true", by(ON_CALL))
                        .statusCode())
                .isEqualTo(200);
        assertThat(gateway.get("/subscriptions/of-others/dlq", by(ON_CALL)).statusCode())
                .isEqualTo(403);
        assertThat(send(
                                "PATCH",
                                "/subscriptions/of-mine",
                                OWNER,
                                "application/merge-patch+json",
                                "{\"deadLetter\":{\"mode\":\"TOPIC\",\"topic\":\"%s\"}}".formatted(other))
                        .statusCode())
                .isEqualTo(403);
        assertThat(gateway.get("/subscriptions/of-mine", by(OWNER)).body()).doesNotContain(other);
        assertThat(send("DELETE", "/subscriptions/of-mine", OWNER, "application/json", "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(send("DELETE", "/subscriptions/of-others", ON_CALL, "application/json", "")
                        .statusCode())
                .isEqualTo(204);
        assertThat(gateway.log())
                .contains("audit principal=api-key:worker action=create subscription=of-mine result=done")
                .contains("audit principal=api-key:worker action=delete subscription=of-mine result=done");
    }

    @Test
    void takesANewKeyFromAChangedFileAndForgetsTheOldOne() throws IOException {
        // 429 after the wrong keys of another test.
        assertThat(gateway.publish(mine, "", "x", by(NEXT_PUBLISHER)).statusCode())
                .isIn(401, 429);
        var leaving = ApiKey.generate();
        Files.writeString(keyFile, PUBLISHER + "\n" + ApiKey.sha256(NEXT_PUBLISHER) + "\n" + leaving + "\n");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> gateway.publish(mine, "", "x", by(NEXT_PUBLISHER)).statusCode() == 200);
        assertThat(gateway.publish(mine, "", "x", by(leaving)).statusCode()).isEqualTo(200);
        Files.writeString(keyFile, PUBLISHER + "\n" + ApiKey.sha256(NEXT_PUBLISHER) + "\n");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> gateway.publish(mine, "", "x", by(leaving)).statusCode() != 200);
        assertThat(gateway.publish(mine, "", "x", by(PUBLISHER)).statusCode()).isEqualTo(200);
    }

    @Test
    void wrongKeysOfAnAddressDoNotHarmItsRightOnes() {
        int limited = 0;
        for (int i = 0; i < 10 * FAILURES; i++) {
            var answer = gateway.publish(mine, "", "x", by(ApiKey.generate()));
            limited += answer.statusCode() == 429 ? 1 : 0;
            assertThat(answer.statusCode()).isIn(401, 429);
        }

        assertThat(limited).isGreaterThan(5 * FAILURES);
        assertThat(gateway.publish(mine, "", "x", by(PUBLISHER)).statusCode()).isEqualTo(200);
        assertThat(gateway.publish(mine, "", "x", by(issuer.token("frank", "publisher")))
                        .statusCode())
                .isEqualTo(200);
        assertThat(gateway.log())
                .contains("audit principal=unknown address=127.0.0.1 action=authenticate result=refused");
    }

    /** All come from one address. */
    @Test
    void oneGreedyCallerTakesOnlyItsOwnRate() {
        var greedy = issuer.token("greedy", "publisher");
        var batch = "{\"messages\":[%s]}".formatted(String.join(",", Collections.nCopies(500, "{\"body\":\"x\"}")));
        for (int i = 0; i < 2; i++) {
            assertThat(send("POST", "/topics/" + mine + "/messages:batch", greedy, "application/json", batch)
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(gateway.publish(mine, "", "x", by(greedy)).statusCode()).isEqualTo(429);

        for (int i = 0; i < 9; i++) {
            assertThat(gateway.publish(mine, "", "x", by(issuer.token("modest" + i, "publisher")))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void showsNoSecretAnywhere() throws IOException {
        var token = issuer.token("heidi", "publisher");
        var answers = new StringBuilder();
        for (var credential : List.of(PUBLISHER, OWNER, ON_CALL, NEXT_PUBLISHER, token)) {
            answers.append(gateway.publish(other, "", "x", by(credential)).body());
            answers.append(gateway.publish(mine, "", "x", by(credential + "x")).body());
            answers.append(gateway.get("/subscriptions", by(credential)).body());
        }
        answers.append(gateway.get("/q/metrics").body())
                .append(gateway.get("/q/health").body());

        for (var secret : List.of(PUBLISHER, OWNER, ON_CALL, NEXT_PUBLISHER, token)) {
            // The parts of a token are the same for all, its own, and its signature.
            for (var part : secret.split("\\.")) {
                var telling = part.substring(part.length() / 2);
                assertThat(answers.toString()).doesNotContain(telling);
                assertThat(gateway.log()).doesNotContain(telling);
            }
        }
    }

    @Test
    void keepsDocumentsOpenAndClosesThemWhenAsked() {
        assertThat(gateway.get("/q/openapi").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/q/openapi.json").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/problems/forbidden").statusCode()).isEqualTo(200);
        try (var closed = GatewayProcess.connectedTo(BROKER)
                .without("gateway.security.anonymous")
                .with("gateway.security.protect-documents", true)
                .with("gateway.security.rules.ops.admin", "*")
                .with("gateway.security.rules.owner.subscribe", "*")
                .with("gateway.security.api-keys.ops.sha256", ApiKey.sha256(ON_CALL))
                .with("gateway.security.api-keys.ops.roles", "ops")
                .with("gateway.security.api-keys.worker.sha256", ApiKey.sha256(OWNER))
                .with("gateway.security.api-keys.worker.roles", "owner")
                .start()) {
            for (var path : List.of(
                    "/q/openapi",
                    "/q/openapi.json",
                    "/q/openapi.yaml",
                    "/q/%6Fpenapi",
                    "/%71/openapi",
                    "/q/swagger-ui/",
                    "/q/swagger-ui/index.html",
                    "/problems",
                    "/%70roblems",
                    "/problems/forbidden")) {
                assertThat(closed.get(path).statusCode()).as(path).isEqualTo(401);
                assertThat(closed.get(path, by(OWNER)).statusCode()).as(path).isEqualTo(403);
                assertThat(closed.get(path, by(ON_CALL)).statusCode()).as(path).isEqualTo(200);
            }
        }
    }

    @Test
    void anybodyMayDoWhatIsOpenedAndNothingElse() {
        try (var open = GatewayProcess.connectedTo(BROKER)
                .with("gateway.security.anonymous", "publish,read")
                .start()) {
            assertThat(open.publish(mine, "", "x").statusCode()).isEqualTo(200);
            assertThat(open.get("/subscriptions").statusCode()).isEqualTo(200);
            var denied = open.send(open.request("/subscriptions")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(document("x", mine, ""))));
            assertThat(denied.statusCode()).isEqualTo(401);
            assertThat(denied.headers().firstValue("WWW-Authenticate")).isPresent();
            assertThat(open.publish(mine, "", "x", by(PUBLISHER)).statusCode())
                    .as("a wrong key does not make its caller anonymous")
                    .isEqualTo(401);
            assertThat(open.log())
                    .contains(
                            "the gateway is open: anybody who reaches it has the permissions publish,read on every topic")
                    .contains("audit action=start apiKeys=0 issuers=0 certificates=0 anonymous=publish,read");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gateway.security.anonymous=everything"})
    void doesNotStartWithoutAWayIn(String setting) throws InterruptedException {
        var builder = GatewayProcess.connectedTo(BROKER).without("gateway.security.anonymous");
        if (!setting.isEmpty()) {
            builder.with(setting.split("=")[0], setting.split("=")[1]);
        }
        var process = builder.launch();
        await().atMost(Duration.ofSeconds(60)).until(() -> !process.isAlive());

        assertThat(process.output())
                .contains(
                        setting.isEmpty()
                                ? "The gateway does not start, because nobody could use it. Set at least one of these"
                                : "`gateway.security.anonymous` cannot be `everything`: write one of ")
                .doesNotContain("Exception")
                .doesNotContain("Listening on");
    }
}
