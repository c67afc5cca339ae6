package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocketgateway.testing.Command;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Answer;
import dev.rocketgateway.testing.TestEndpoint.Request;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs the programs of {@code docs/examples} in the languages that are installed. */
@Execution(ExecutionMode.CONCURRENT) // most of their time the programs wait before they try again
class ExamplesIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Map<String, String> ENVIRONMENT = Map.of(
            // Go builds offline.
            "GOFLAGS", "-mod=mod",
            "GOPROXY", "off",
            "GOTOOLCHAIN", "local");

    private static final Answer SENT = new Answer(200, Map.of(), "{\"msgId\":\"M1\"}");
    private static final Answer ALL_ACCEPTED =
            new Answer(200, Map.of(), "{\"accepted\":3,\"failed\":0,\"results\":[]}");
    private static final Answer BAD_GATEWAY = new Answer(502, Map.of("Content-Type", "text/html"), "<p>no gateway</p>");

    private static GatewayProcess gateway;

    @TempDir
    private Path directory;

    /** Its file, what it needs, what to run it with, and a command that fails where that is too old. */
    enum Program {
        PYTHON("publish.py", "Python 3.8", List.of("python3"), "-c", "import sys; sys.exit(sys.version_info < (3, 8))"),
        NODE("publish.mjs", "Node 18", List.of("node"), "-e", "process.exit(globalThis.fetch ? 0 : 1)"),
        GO("publish.go", "Go 1.24", List.of("go", "run"), "doc", "crypto/rand.Text"),
        PHP(
                "publish.php",
                "PHP 8.2 with ext-curl",
                List.of("php"),
                "-r",
                "exit(PHP_VERSION_ID >= 80200 && extension_loaded('curl') ? 0 : 1);");

        private final Path file;
        private final String needs;
        private final List<String> interpreter;
        private final List<String> check;

        Program(String file, String needs, List<String> interpreter, String... check) {
            this.file = Path.of("docs", "examples", file).toAbsolutePath();
            this.needs = needs;
            this.interpreter = interpreter;
            this.check = List.of(check);
        }

        Command run(Path directory, URI gateway, String topic) {
            return run(directory, Map.of(), gateway, topic);
        }

        Command run(Path directory, Map<String, String> environment, URI gateway, String topic) {
            var program = interpreter.get(0);
            assumeTrue(
                    Command.isInstalled(program)
                            && execute(directory, Map.of(), concat(List.of(program), check))
                                            .exitStatus()
                                    == 0,
                    () -> "%s needs %s or newer, which is not installed".formatted(file.getFileName(), needs));
            var all = new HashMap<>(environment);
            all.put("GATEWAY", gateway.toString());
            return execute(directory, all, concat(interpreter, List.of(file.toString(), topic)));
        }

        private static Command execute(Path directory, Map<String, String> environment, List<String> command) {
            var all = new HashMap<>(ENVIRONMENT);
            all.putAll(environment);
            return Command.run(directory, all, LIMIT, command.toArray(String[]::new));
        }

        private static List<String> concat(List<String> one, List<String> other) {
            return Stream.concat(one.stream(), other.stream()).toList();
        }
    }

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.shared();
    }

    @ParameterizedTest
    @EnumSource
    void publishesAMessageAndABatchOfLines(Program program) {
        var topic = BROKER.newTopic();

        var run = program.run(directory, gateway.root(), topic);

        assertThat(run.exitStatus()).as(run.errors()).isZero();
        assertThat(run.errors()).isEmpty();
        await().atMost(Duration.ofSeconds(20)).until(() -> BROKER.count(topic) == 4);
        var stored = BROKER.stored(topic);
        assertThat(stored).extracting(Stored::tag).containsOnly("created");
        var withKeys = stored.stream().filter(message -> message.keys() != null).toList();
        assertThat(withKeys).hasSize(1);
        var single = withKeys.get(0);
        assertThat(run.output().lines()).containsExactly(single.id(), "3 lines");
        assertThat(new JsonObject(single.text())).isEqualTo(new JsonObject("{\"order\":42}"));
        var key = single.properties().get("idempotencyKey");
        assertThat(key).hasSizeGreaterThan(20);
        assertThat(single.keys().split(" ")).containsExactlyInAnyOrder("order-42", key);
        assertThat(single.properties())
                .containsEntry("city", "Zürich")
                .containsEntry("contentType", "application/json");
        var lines = stored.stream()
                .filter(message -> message != single)
                .map(line -> new JsonObject(line.text()))
                .toList();
        assertThat(lines).extracting(line -> line.getInteger("order")).containsExactlyInAnyOrder(43, 44, 45);
        assertThat(lines)
                .extracting(line -> line.getString("id"))
                .doesNotHaveDuplicates()
                .doesNotContainNull();
        assertThat(lines).allSatisfy(line -> assertThat(line.fieldNames()).containsExactlyInAnyOrder("id", "order"));
    }

    @ParameterizedTest
    @EnumSource
    void failsWithTheDetailOfAProblem(Program program) {
        var topic = "t-" + UUID.randomUUID();

        assertFailed(
                program.run(directory, gateway.root(), topic),
                "topic-not-found: Topic '%s' has no route on any broker.".formatted(topic));
    }

    @ParameterizedTest
    @EnumSource
    void repeatsTheRequestAfterTheTimeThatAProblemAsksFor(Program program) {
        try (var busy =
                TestEndpoint.answering(problem(429, true), BAD_GATEWAY, SENT, problem(503, true), ALL_ACCEPTED)) {
            var run = program.run(directory, busy.root(), "orders");

            assertThat(run.exitStatus()).as(run.errors()).isZero();
            assertThat(run.output().lines()).containsExactly("M1", "3 lines");
            var requests = busy.requests();
            assertThat(requests).hasSize(5);
            assertSame(requests.subList(0, 3), "/topics/orders/messages?");
            assertSame(requests.subList(3, 5), "/topics/orders/messages:batch?");
            assertThat(requests.get(0).header("idempotency-key")).isNotBlank();
            assertThat(List.of(pause(requests, 0), pause(requests, 3)))
                    .allSatisfy(pause -> assertThat(pause).isGreaterThanOrEqualTo(Duration.ofSeconds(1)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesUpInTheEnd(Program program) {
        try (var busy = TestEndpoint.answering(problem(503, true), problem(503, true))) {
            assertFailed(program.run(directory, busy.root(), "orders"), "a-code: All is 503.");
            assertThat(busy.count()).isEqualTo(5);
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotRepeatWhatIsNotRetryable(Program program) {
        try (var refusing = TestEndpoint.answering(problem(503, false), SENT)) {
            assertFailed(program.run(directory, refusing.root(), "orders"), "a-code: All is 503.");
            assertThat(refusing.count()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void failsIfALineFailed(Program program) {
        var some = new Answer(207, Map.of(), """
                {"accepted":2,"failed":1,"results":[{"index":0,"status":200},{"index":1,"status":413,"detail":"Too large."}]}""");
        try (var endpoint = TestEndpoint.answering(SENT, some)) {
            assertFailed(program.run(directory, endpoint.root(), "orders"), "line 1: Too large.");
            assertThat(endpoint.count()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void sendsTheApiKeyIfThereIsOne(Program program) {
        for (var key : new String[] {"gwk_abc", ""}) {
            try (var endpoint = TestEndpoint.answering(SENT, ALL_ACCEPTED)) {
                var run = program.run(directory, Map.of("GATEWAY_API_KEY", key), endpoint.root(), "orders");

                assertThat(run.exitStatus()).as(run.errors()).isZero();
                assertThat(endpoint.requests())
                        .hasSize(2)
                        .extracting(request -> request.headers().get("authorization"))
                        .containsOnly(key.isEmpty() ? null : "Bearer " + key);
            }
        }
    }

    private static Answer problem(int status, boolean retryable) {
        return new Answer(
                status,
                Map.of("Content-Type", "application/problem+json", "Retry-After", "1"),
                "{\"status\":%1$d,\"code\":\"a-code\",\"detail\":\"All is %1$d.\",\"retryable\":%2$s}"
                        .formatted(status, retryable));
    }

    private static void assertFailed(Command run, String why) {
        assertThat(run.exitStatus()).as(run.output()).isNotZero();
        assertThat(run.errors().lines()).anySatisfy(line -> assertThat(line).endsWith(why));
    }

    private static void assertSame(List<Request> requests, String path) {
        assertThat(requests)
                .extracting(Request::path)
                .containsOnly(requests.get(0).path());
        assertThat(requests.get(0).path()).startsWith(path);
        assertThat(requests)
                .extracting(Request::text)
                .containsOnly(requests.get(0).text());
        assertThat(requests)
                .extracting(request -> request.header("idempotency-key"))
                .containsOnly(requests.get(0).header("idempotency-key"));
    }

    /** Between a request and the next. */
    private static Duration pause(List<Request> requests, int index) {
        return Duration.between(
                requests.get(index).at(), requests.get(index + 1).at());
    }
}
