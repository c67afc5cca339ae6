package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocketgateway.testing.Command;
import dev.rocketgateway.testing.DocumentedJson;
import dev.rocketgateway.testing.DocumentedRequest;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.HttpAnswer;
import dev.rocketgateway.testing.ReplierProcess;
import dev.rocketgateway.testing.TestBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the curl commands of the pages as they stand there, and holds the answers to those the pages show. */
// The examples name their consumer group, which one class at a time can use on the broker they share.
@ResourceLock("consumer group GW-billing")
class DocumentedRequestsIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern CURL = Pattern.compile("(?m)^(\\$ )?([^|`\n]+\\| )?curl ");

    @TempDir
    private static Path directory;

    private static GatewayProcess gateway;
    private static ReplierProcess replier;

    /** What the commands expect: their topic, their files, and a gateway at the address they name. */
    @BeforeAll
    static void start() throws IOException {
        gateway = GatewayProcess.connectedTo(BROKER).start();
        BROKER.witness().createTopic("demo", 2);
        BROKER.witness().createTopic("orders", 2);
        replier = ReplierProcess.replyingTo("demo", BROKER, gateway);
        Files.write(directory.resolve("invoice.pdf"), new byte[] {0, '\n', (byte) 0xFF});
        try (var file = new GZIPOutputStream(Files.newOutputStream(directory.resolve("order.json.gz")))) {
            file.write("{\"order\":42}".getBytes(StandardCharsets.UTF_8));
        }
        Files.writeString(
                directory.resolve(".curlrc"), """
                silent
                show-error
                include
                noproxy = "*"
                connect-to = "localhost:8080:%s"
                """.formatted(gateway.root().getAuthority()));
    }

    @AfterAll
    static void stop() {
        replier.close();
        gateway.close();
    }

    static Stream<Arguments> requests() throws IOException {
        return Stream.of(
                        named("publishing.md", publishing()),
                        named("README.md", readme()),
                        named("subscriptions.md", subscriptions()))
                .flatMap(page -> page);
    }

    private static Stream<Arguments> named(String page, String text) {
        return DocumentedRequest.in(text).stream().map(request -> Arguments.of(page, request));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("requests")
    void answersAsThePageSays(String page, DocumentedRequest request) throws IOException {
        assumeTrue(
                Command.isInstalled("bash") && Command.isInstalled("curl"),
                "The commands of the pages need bash and curl, and one of them is not installed");
        Files.writeString(directory.resolve("command"), request.command());

        var run = Command.run(
                directory, Map.of("CURL_HOME", directory.toString()), LIMIT, "bash", "-o", "pipefail", "command");

        assertThat(run.exitStatus()).as(run.errors()).isZero();
        var answer = HttpAnswer.of(run.output());
        assertThat(answer.status()).as(run.output()).isEqualTo(expectedStatus(request));
        if (request.answer().startsWith("HTTP/")) {
            var shown = HttpAnswer.of(request.answer()).headers();
            assertThat(answer.headers().keySet()).containsAll(shown.keySet());
            if (shown.containsKey("content-type")) {
                assertThat(answer.headers()).containsEntry("content-type", shown.get("content-type"));
            }
        }
        var body = shownBody(request);
        if (body.isEmpty()) {
            assertThat(answer.body().isEmpty()).as(answer.body()).isEqualTo(answer.status() == 204);
        } else if (answer.headers().getOrDefault("content-type", "").contains("json")) {
            DocumentedJson.assertShows(body, answer.body());
        } else {
            assertThat(answer.body().strip()).isEqualTo(body.strip());
        }
    }

    @Test
    void missesNoCommandAndNoAnswer() throws IOException {
        assertFound(publishing(), 38, 12);
        assertFound(readme(), 10, 5);
        assertFound(subscriptions(), 12, 10);
    }

    private static void assertFound(String text, int requests, int answers) {
        var found = DocumentedRequest.in(text);

        assertThat(found).hasSizeGreaterThanOrEqualTo(requests).hasSize((int)
                CURL.matcher(text).results().count());
        assertThat(found).filteredOn(request -> !request.answer().isEmpty()).hasSizeGreaterThanOrEqualTo(answers);
    }

    /** The one the page shows; where it shows none, that of a success in the mode of the request. */
    private static int expectedStatus(DocumentedRequest request) {
        if (request.answer().startsWith("HTTP/")) {
            return HttpAnswer.of(request.answer()).status();
        }
        if (!request.answer().isEmpty() && DocumentedJson.read(request.answer()).has("code")) {
            return DocumentedJson.read(request.answer()).get("status").intValue();
        }
        return request.command().contains("mode=oneway")
                ? 204
                : request.command().contains("mode=async") ? 202 : 200;
    }

    private static String shownBody(DocumentedRequest request) {
        return request.answer().startsWith("HTTP/")
                ? HttpAnswer.of(request.answer()).body()
                : request.answer();
    }

    private static String publishing() throws IOException {
        return Files.readString(Path.of("docs/publishing.md"));
    }

    private static String subscriptions() throws IOException {
        return Files.readString(Path.of("docs/subscriptions.md"));
    }

    /** The sections about publishing and receiving alone: other commands there need dev mode, or start things. */
    private static String readme() throws IOException {
        var page = Files.readString(Path.of("README.md"));
        return page.substring(page.indexOf("\n## Publish\n"), page.indexOf("\n## Connect it to a real cluster\n"));
    }
}
