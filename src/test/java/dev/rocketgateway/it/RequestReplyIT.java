package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.devmode.ChildProcess;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.StringWriter;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code mode=request}, with the replier of the documentation on the other side. */
class RequestReplyIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Path REPLIER = Path.of("docs/examples/Replier.java");
    private static final String CLASS_PATH =
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));

    private static GatewayProcess gateway;
    private static ChildProcess replier;
    private static String topic;

    @BeforeAll
    static void start(@TempDir Path directory) throws InterruptedException {
        topic = BROKER.newTopic();
        gateway = GatewayProcess.connectedTo(BROKER).start();
        compile(REPLIER, directory);
        var classPath = new ArrayList<Path>();
        classPath.add(directory);
        Arrays.stream(CLASS_PATH.split(File.pathSeparator)).map(Path::of).forEach(classPath::add);
        replier = ChildProcess.start(
                "replier",
                Path.of(System.getProperty("java.home")),
                directory,
                List.of("-XX:TieredStopAtLevel=1"),
                classPath,
                List.of("Replier", BROKER.nameServerAddress(), topic),
                Map.of());
        replier.awaitOutput("replying to", Duration.ofSeconds(30));
        // A new consumer has its queues after its first rebalance.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> request(topic, "timeout=1s", "ready?").statusCode() == 200);
    }

    @AfterAll
    static void stop() {
        replier.kill();
        gateway.close();
    }

    private static void compile(Path source, Path directory) {
        var faults = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        var files = compiler.getStandardFileManager(null, null, null);
        boolean compiled = compiler.getTask(
                        faults,
                        files,
                        null,
                        List.of("-d", directory.toString(), "-cp", CLASS_PATH, "-Xlint:all,-processing,-classfile"),
                        null,
                        files.getJavaFileObjects(source))
                .call();
        assertThat(compiled).as(faults.toString()).isTrue();
        assertThat(faults.toString()).doesNotContain("Replier.java");
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

    @Test
    void saysThatTheRequestIsStoredWhenNobodyReplies() {
        var silent = BROKER.newTopic();

        var answer = request(silent, "timeout=500ms", "anybody?");

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
        assertThat(answer.body()).contains("mode: is request, and nobody replies to a message that is delivered later");
    }

    @Test
    void hasNoBatchesOfRequests() {
        var answer =
                gateway.publishBatch(topic, "mode=request", "application/json", "{\"messages\":[{\"body\":\"a\"}]}");

        assertProblem(answer, 400, "unknown-mode");
        assertThat(answer.body()).contains("mode is 'request'; it can be sync, async or oneway.");
    }

    private static HttpResponse<String> request(String topic, String query, String body) {
        return gateway.publish(topic, "mode=request&" + query, body);
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(new JsonObject(answer.body()).getString("code")).isEqualTo(code);
    }
}
