package dev.rocketgateway.it;

import static dev.rocketgateway.testing.HostileEndpoint.behaving;
import static dev.rocketgateway.testing.HostileEndpoint.behavingOverTls;
import static dev.rocketgateway.testing.HostileEndpoint.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.testing.TestCertificate;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What every status and every way not to answer means, as a real server does each: the packaged gateway is asked to send a test, and
 * says what would become of a message. The tables of {@code docs/webhooks.md} are made from what it said; with
 * {@code -Doutcomes.update=true} they are written there.
 */
class OutcomeTableIT {

    private static final Path PAGE = Path.of("docs/webhooks.md");
    private static final String BEGIN = "<!-- made by OutcomeTableIT -->\n";
    private static final String END = "<!-- until here -->\n";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Map<String, HostileEndpoint> ENDPOINTS = new LinkedHashMap<>();
    private static final TestCertificate EXPIRED = TestCertificate.expired("ip:127.0.0.1");
    private static final TestCertificate ELSEWHERE = TestCertificate.valid("dns:elsewhere");
    private static HostileEndpoint.Blackhole blackhole;
    private static GatewayProcess gateway;

    /** A name for the subscription, and what its endpoint does, as the table says it. */
    private static final Map<String, String> WAYS = new LinkedHashMap<>();

    private static void way(String name, String words, HostileEndpoint endpoint) {
        WAYS.put(name, words);
        ENDPOINTS.put(name, endpoint);
    }

    @BeforeAll
    static void start() throws IOException {
        way("name", "has a host name that cannot be resolved", null);
        way("refusing", "refuses the connection", null);
        way("blackhole", "does not answer while the gateway connects", null);
        way("unreachable", "has an address that the target policy denies", null);
        way("silent", "accepts the request but does not respond", behaving(HostileEndpoint.silent()));
        way("closing", "closes the connection before it answers", behaving(HostileEndpoint.closing()));
        way("resetting", "resets the connection before it answers", behaving(HostileEndpoint.resetting()));
        way(
                "midhead",
                "resets the connection in the middle of the head",
                behaving(HostileEndpoint.breakingOffAfter("HTTP/1.1 200 OK\r\nA: b", true)));
        way("slowhead", "sends a head that never ends", behaving(HostileEndpoint.drippingHead(50)));
        way("garbage", "answers something that is not HTTP", behaving(peer -> {
            peer.read();
            peer.write("SSH-2.0-OpenSSH_9.9\r\n\r\n");
        }));
        way(
                "selfsigned",
                "presents an untrusted certificate",
                behavingOverTls(HostileEndpoint.answering(200), TestCertificate.another("ip:127.0.0.1")));
        way("expired", "presents an expired certificate", behavingOverTls(HostileEndpoint.answering(200), EXPIRED));
        way(
                "wrongname",
                "presents a certificate for another name",
                behavingOverTls(HostileEndpoint.answering(200), ELSEWHERE));
        way("plain", "does not use TLS, although the URL is https", behaving(HostileEndpoint.answering(200)));
        way("drip", "answers 200 with a body that drips and never ends", behaving(HostileEndpoint.dripping(200, 50)));
        way("endless", "answers 503 with a body that never ends", behaving(HostileEndpoint.endless(503)));
        way(
                "midbody",
                "answers 200 and resets the connection in the middle of the body",
                behaving(HostileEndpoint.breakingOffAfter("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", true)));
        way("secret", "needs a secret that does not exist", behaving(HostileEndpoint.answering(200)));
        way("token", "needs a token whose server is down", behaving(HostileEndpoint.answering(200)));
        blackhole = new HostileEndpoint.Blackhole();
        for (var name : List.of("statuses", "interim")) {
            ENDPOINTS.put(
                    name,
                    behaving(HostileEndpoint.answering(
                            request -> response(Integer.parseInt(request.text().strip()), ""))));
        }

        var builder = GatewayProcess.builder().with("gateway.rocketmq.namesrv-addr", "127.0.0.1:1");
        ENDPOINTS.forEach((name, endpoint) -> {
            var key = "gateway.subscriptions." + name + ".";
            builder.with(key + "source.topic", "orders")
                    .with(key + "endpoint.timeout", timeout(name))
                    .with(key + "endpoint.connect-timeout", name.equals("blackhole") ? "500ms" : "10s");
            builder.with(
                    key + "endpoint.url",
                    switch (name) {
                        case "name" -> "http://nowhere.invalid/";
                        case "refusing" -> HostileEndpoint.refusing().toString();
                        case "blackhole" -> blackhole.url().toString();
                        case "unreachable" -> "http://169.254.169.254/";
                        case "plain" -> endpoint.url().toString().replace("http:", "https:");
                        default -> endpoint.url().toString();
                    });
        });
        var trusted = Files.createDirectories(Path.of("target", "outcome-table"));
        Files.writeString(trusted.resolve("expired.pem"), EXPIRED.authorityPem());
        Files.writeString(trusted.resolve("wrongname.pem"), ELSEWHERE.authorityPem());
        builder.with("gateway.store.secrets-directory", trusted.toAbsolutePath())
                .with("gateway.subscriptions.expired.endpoint.tls.ca-ref", "expired.pem")
                .with("gateway.subscriptions.wrongname.endpoint.tls.ca-ref", "wrongname.pem");
        gateway = builder.with("gateway.subscriptions.secret.endpoint.auth.type", "BEARER")
                .with("gateway.subscriptions.secret.endpoint.auth.token-ref", "missing/token")
                .with("gateway.subscriptions.token.endpoint.auth.type", "OAUTH2_CLIENT_CREDENTIALS")
                .with("gateway.subscriptions.token.endpoint.auth.token-url", HostileEndpoint.refusing())
                .with("gateway.subscriptions.token.endpoint.auth.client-id", "gateway")
                .with("gateway.subscriptions.token.endpoint.auth.client-secret", "s3cret")
                .start();
        // Whether a configured subscription is paused is in the database, which is read after the start.
        await().until(() -> gateway.get("/subscriptions/statuses").statusCode() == 200);
    }

    /** Only an endpoint that never answers may time out; all others have time, however busy the machine is. */
    private static String timeout(String name) {
        return switch (name) {
            case "interim" -> "1s";
            case "silent", "slowhead", "drip", "endless" -> "3s";
            default -> "30s";
        };
    }

    @AfterAll
    static void stop() throws IOException {
        gateway.close();
        for (var endpoint : ENDPOINTS.values()) {
            if (endpoint != null) {
                endpoint.close();
            }
        }
        blackhole.close();
    }

    private record Row(String outcome, String verdict) {}

    private static Row test(String name, String body) {
        var answer =
                gateway.send(gateway.request("/subscriptions/" + name + ":test", "Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"body\":\"" + body + "\"}")));
        assertThat(answer.statusCode()).as(name + " " + answer.body()).isEqualTo(200);
        try {
            JsonNode view = JSON.readTree(answer.body());
            return new Row(view.get("outcome").asText(), view.get("verdict").asText());
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private static Map<Integer, Row> statuses() {
        var threads = Executors.newFixedThreadPool(16);
        try {
            var rows = new TreeMap<Integer, Row>();
            var asked = IntStream.rangeClosed(100, 599)
                    .boxed()
                    .map(status -> CompletableFuture.supplyAsync(
                            () -> Map.entry(
                                    status, test(isInterim(status) ? "interim" : "statuses", String.valueOf(status))),
                            threads))
                    .toList();
            asked.forEach(one -> rows.put(one.join().getKey(), one.join().getValue()));
            return rows;
        } finally {
            threads.shutdown();
        }
    }

    private static boolean isInterim(int status) {
        return status < 200 && status != 101;
    }

    /** Neighbours with the same outcome and verdict are one row. */
    private static String table() {
        var table = new StringBuilder("| the endpoint answers | class | verdict |\n|---|---|---|\n");
        var statuses = new ArrayList<>(statuses().entrySet());
        for (int begin = 0; begin < statuses.size(); ) {
            int end = begin;
            while (end + 1 < statuses.size()
                    && statuses.get(end + 1)
                            .getValue()
                            .equals(statuses.get(begin).getValue())) {
                end++;
            }
            int from = statuses.get(begin).getKey();
            int to = statuses.get(end).getKey();
            var row = statuses.get(begin).getValue();
            table.append("| %s | `%s` | %s |\n"
                    .formatted(from == to ? from : from + " to " + to, row.outcome(), row.verdict()));
            begin = end + 1;
        }
        table.append("\n| the endpoint | class | verdict |\n|---|---|---|\n");
        WAYS.forEach((name, words) -> {
            var row = test(name, "x");
            table.append("| %s | `%s` | %s |\n".formatted(words, row.outcome(), row.verdict()));
        });
        return table.toString();
    }

    @Test
    void everyStatusAndEveryFailureMeansWhatTheDocumentationSays() throws IOException {
        var table = table();
        var page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        assertThat(List.of(begin, end)).as("markers in " + PAGE).doesNotContain(-1);
        if (Boolean.getBoolean("outcomes.update")) {
            Files.writeString(PAGE, page.substring(0, begin) + BEGIN + "\n" + table + "\n" + page.substring(end));
        } else {
            assertThat(page.substring(begin + BEGIN.length(), end).strip()).isEqualTo(table.strip());
        }
        // What the table must say whatever the page does.
        assertThat(table)
                .contains("| 200 to 299 | `2xx` | ACK |")
                .contains("| 410 | `4xx` | PAUSE |")
                .contains("| 300 to 399 | `redirect_not_followed` | RETRY |");
    }
}
