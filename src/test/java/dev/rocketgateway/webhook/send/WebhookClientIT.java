package dev.rocketgateway.webhook.send;

import static dev.rocketgateway.testing.HostileEndpoint.answering;
import static dev.rocketgateway.testing.HostileEndpoint.bomb;
import static dev.rocketgateway.testing.HostileEndpoint.breakingOffAfter;
import static dev.rocketgateway.testing.HostileEndpoint.closing;
import static dev.rocketgateway.testing.HostileEndpoint.deaf;
import static dev.rocketgateway.testing.HostileEndpoint.dripping;
import static dev.rocketgateway.testing.HostileEndpoint.drippingHead;
import static dev.rocketgateway.testing.HostileEndpoint.endless;
import static dev.rocketgateway.testing.HostileEndpoint.refusing;
import static dev.rocketgateway.testing.HostileEndpoint.resetting;
import static dev.rocketgateway.testing.HostileEndpoint.response;
import static dev.rocketgateway.testing.HostileEndpoint.silent;
import static dev.rocketgateway.testing.HostileEndpoint.stallingAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.testing.HostileEndpoint.Behaviour;
import dev.rocketgateway.webhook.AnswerBody;
import dev.rocketgateway.webhook.TestWebhooks;
import dev.rocketgateway.webhook.WebhookAuth;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookMessage;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookOutcome.Answered;
import dev.rocketgateway.webhook.WebhookOutcome.Failed;
import dev.rocketgateway.webhook.WebhookOutcome.Failure;
import dev.rocketgateway.webhook.WebhookTls;
import dev.rocketgateway.webhook.target.NameResolver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against real sockets that behave as badly as the test needs. */
class WebhookClientIT {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(300);

    private TestWebhooks webhooks = TestWebhooks.usual();

    @AfterEach
    void close() {
        webhooks.close();
    }

    private void settings(Map<String, String> settings) {
        webhooks.close();
        webhooks = TestWebhooks.with(settings);
    }

    private WebhookOutcome send(Behaviour behaviour, Duration timeout) {
        try (var endpoint = HostileEndpoint.behaving(behaviour)) {
            return webhooks.send(WebhookEndpoint.of(endpoint.url(), timeout));
        }
    }

    private static void assertAnswered(WebhookOutcome outcome, int status) {
        assertThat(outcome).isInstanceOfSatisfying(Answered.class, answer -> assertThat(answer.status())
                .isEqualTo(status));
    }

    private static void assertFailed(WebhookOutcome outcome, Failure failure) {
        assertThat(outcome).isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.failure())
                .as(failed.detail())
                .isEqualTo(failure));
    }

    @ParameterizedTest
    @CsvSource({
        "200,2xx",
        "202,2xx",
        "204,2xx",
        "304,redirect_not_followed",
        "404,4xx",
        "410,4xx",
        "503,5xx",
        "599,5xx",
        "600,5xx",
        "999,5xx"
    })
    void reportsTheStatus(int status, String label) {
        var outcome = send(answering(status), LONG);

        assertAnswered(outcome, status);
        assertThat(outcome.label()).isEqualTo(label);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void followsNoRedirect(int status) {
        try (var metadata = HostileEndpoint.behaving(answering(200));
                var endpoint = HostileEndpoint.behaving(
                        answering(status, "Location", metadata.url().toString()))) {
            var outcome = webhooks.send(WebhookEndpoint.of(endpoint.url(), LONG));

            assertThat(outcome.label()).isEqualTo("redirect_not_followed");
            assertThat(endpoint.requests()).hasSize(1);
            assertThat(metadata.connections()).isZero();
        }
    }

    @Test
    void sendsWhatItIsGiven() {
        try (var endpoint = HostileEndpoint.behaving(answering(200))) {
            var url = URI.create("http://127.0.0.1:" + endpoint.port() + "?a=%20b");
            var message = new WebhookMessage(
                    "id",
                    Map.of("Content-Type", "text/plain", "a", "message", "User-Agent", "message"),
                    "body".getBytes(StandardCharsets.UTF_8));
            webhooks.send(
                    new WebhookEndpoint(
                            url,
                            WebhookEndpoint.Method.PUT,
                            false,
                            Map.of("X-Env", "test", "A", "endpoint"),
                            Duration.ofSeconds(1),
                            LONG,
                            WebhookTls.ofTheJvm(),
                            new WebhookAuth.None(),
                            List.of()),
                    message);

            assertThat(endpoint.requests()).singleElement().satisfies(request -> {
                assertThat(request.line()).isEqualTo("PUT /?a=%20b HTTP/1.1");
                assertThat(request.text()).isEqualTo("body");
                assertThat(request.header("host")).isEqualTo("127.0.0.1:" + endpoint.port());
                assertThat(request.header("user-agent")).startsWith("rocketmq-http-gateway/");
                assertThat(request.header("webhook-id")).isEqualTo("id");
                assertThat(request.header("accept-encoding")).isEqualTo("identity");
                assertThat(Long.parseLong(request.header("webhook-timestamp")))
                        .isCloseTo(System.currentTimeMillis() / 1000, within(5L));
                assertThat(request.header("content-type")).isEqualTo("text/plain");
                assertThat(request.header("x-env")).isEqualTo("test");
                assertThat(request.header("a")).isEqualTo("endpoint");
                assertThat(request.headers()).doesNotContainKeys("webhook-signature", "cookie", "authorization");
            });
        }
    }

    @Test
    void givesBackTheBodyAndWhenToComeAgain() {
        var outcome = send(answering(request -> response(429, "later", "Retry-After", "7")), LONG);

        assertThat(outcome)
                .isEqualTo(new Answered(
                        429, Optional.of(Duration.ofSeconds(7)), "later".getBytes(StandardCharsets.UTF_8)));
        assertThat(outcome.toString()).doesNotContain("later");
    }

    @Test
    void saysWhetherTheBodyIsWholeAndHowItIsCoded() {
        var coded = answering(request ->
                response(200, "ab", "Content-Type", "text/a", "Content-Encoding", "gzip", "Content-Encoding", "br"));
        var broken = "HTTP/1.1 200 X\r\nContent-Type: text/a\r\nContent-Length: 3\r\n\r\nab";
        var endless = "HTTP/1.1 200 X\r\nContent-Length: 40000\r\n\r\n" + "a".repeat(40_000);

        assertThat(content(send(coded, LONG)))
                .isEqualTo(new AnswerBody("ab".getBytes(StandardCharsets.UTF_8), true, "text/a", "gzip, br"));
        assertThat(content(send(breakingOffAfter(broken, false), LONG)))
                .isEqualTo(new AnswerBody("ab".getBytes(StandardCharsets.UTF_8), false, "text/a", ""));
        assertThat(content(send(answering(request -> endless), LONG)).whole()).isFalse();
    }

    private static AnswerBody content(WebhookOutcome outcome) {
        assertThat(outcome).isInstanceOf(Answered.class);
        return ((Answered) outcome).content();
    }

    @Test
    void keepsNoCookie() {
        // With room for one connection only, the second webhook waits until the first has given it back.
        settings(Map.of("max-connections-per-host", "1"));
        try (var endpoint = HostileEndpoint.behaving(answering(200, "Set-Cookie", "a=b"));
                var sender = webhooks.client.open(WebhookEndpoint.of(endpoint.url(), LONG))) {
            sender.send(TestWebhooks.message("1")).toCompletableFuture().join();
            sender.send(TestWebhooks.message("2")).toCompletableFuture().join();

            assertThat(endpoint.requests()).hasSize(2).allSatisfy(request -> assertThat(request.headers())
                    .doesNotContainKey("cookie"));
            assertThat(endpoint.connections()).isEqualTo(1);
        }
    }

    @Test
    void readsAnswersInChunksAndOfHttp10() {
        var chunked = "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";

        assertThat(send(answering(request -> chunked), LONG))
                .isEqualTo(new Answered(200, Optional.empty(), new byte[] {'a', 'b'}));
        assertThat(send(breakingOffAfter("HTTP/1.0 200 X\r\n\r\nab", false), LONG))
                .isEqualTo(new Answered(200, Optional.empty(), new byte[] {'a', 'b'}));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-x\r\n\r\n",
                "HTTP/1.1 abc X\r\n\r\n",
                "HTTP/1.1 20 X\r\n\r\n",
                "HTTP/1.1 101 X\r\n\r\n",
                "HTTP/9.9 200 X\r\n\r\n",
                "\u0016\u0003\u0001x\r\n\r\n",
                "HTTP/1.1 200 X\r\nContent-Length: x\r\n\r\n"
            })
    void reportsAnswersThatAreNotHttp(String text) {
        assertFailed(send(stallingAfter(text), LONG), Failure.PROTOCOL);
    }

    @Test
    void reportsAHeadThatIsTooLong() {
        assertFailed(send(stallingAfter("HTTP/1.1 200 X\r\nA: " + "a".repeat(70_000)), LONG), Failure.PROTOCOL);
    }

    @Test
    void endsAtTheDeadlineWhateverIsMissing() {
        assertFailed(send(silent(), SHORT), Failure.TIMEOUT);
        assertFailed(send(deaf(), SHORT), Failure.TIMEOUT);
        assertFailed(send(stallingAfter("HTTP/1.1 200 OK\r\nA: "), SHORT), Failure.TIMEOUT);
        assertFailed(send(drippingHead(10), SHORT), Failure.TIMEOUT);
    }

    @Test
    void endsAtTheDeadlineWhenTheEndpointReadsNoLargeBody() {
        try (var endpoint = HostileEndpoint.behaving(deaf())) {
            var message = new WebhookMessage("id", Map.of(), new byte[20_000_000]);

            assertFailed(webhooks.send(WebhookEndpoint.of(endpoint.url(), SHORT), message), Failure.TIMEOUT);
        }
    }

    @Test
    void goesByTheStatusWhenTheBodyNeverEnds() {
        assertAnswered(send(stallingAfter("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nslow"), SHORT), 200);
        assertAnswered(send(dripping(500, 10), SHORT), 500);
        assertAnswered(send(endless(201), LONG), 201);
    }

    @Test
    void goesByTheStatusWhenTheBodyBreaks() {
        var begun = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nab";

        assertAnswered(send(breakingOffAfter(begun, false), LONG), 200);
        assertAnswered(send(breakingOffAfter(begun, true), LONG), 200);
        assertAnswered(
                send(breakingOffAfter("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", false), LONG),
                200);
    }

    @Test
    void readsNoMoreThanItMust() {
        settings(Map.of("max-response-size", "100"));
        try (var endpoint = HostileEndpoint.behaving(endless(200))) {
            var outcome = webhooks.send(WebhookEndpoint.of(endpoint.url(), LONG));

            assertThat(((Answered) outcome).body()).hasSize(100);
            await().until(() -> endpoint.openConnections() == 0);
        }
    }

    @Test
    void keepsAConnectionWhoseAnswerIsJustAsLongAsItMayBe() {
        settings(Map.of("max-response-size", "5", "max-connections-per-host", "1"));
        try (var endpoint = HostileEndpoint.behaving(answering(request -> response(200, "12345")));
                var sender = webhooks.client.open(WebhookEndpoint.of(endpoint.url(), LONG))) {
            sender.send(TestWebhooks.message("1")).toCompletableFuture().join();
            sender.send(TestWebhooks.message("2")).toCompletableFuture().join();

            assertThat(endpoint.connections()).isEqualTo(1);
        }
    }

    @Test
    void decodesNothing() {
        var outcome = (Answered) send(bomb(200), LONG);

        assertThat(outcome.status()).isEqualTo(200);
        assertThat(outcome.body()).startsWith(0x1f, 0x8b).hasSizeLessThanOrEqualTo(16 * 1024);
    }

    @Test
    void reportsAConnectionThatBreaks() {
        assertFailed(send(closing(), LONG), Failure.RESET);
        assertFailed(send(resetting(), LONG), Failure.RESET);
        assertFailed(send(breakingOffAfter("HTTP/1.1 200 OK\r\nA: ", true), LONG), Failure.RESET);
        assertFailed(send(breakingOffAfter("HTTP/1.1 200 OK\r\nA: ", false), LONG), Failure.RESET);
    }

    @Test
    void reportsAPortNobodyListensOn() {
        assertFailed(webhooks.send(WebhookEndpoint.of(refusing(), LONG)), Failure.CONNECT_REFUSED);
    }

    @Test
    void reportsAHostThatDoesNotAnswer() throws Exception {
        try (var blackhole = new HostileEndpoint.Blackhole()) {
            var patient = endpoint(blackhole.url(), Duration.ofMillis(200), LONG);
            assertFailed(webhooks.send(patient), Failure.CONNECT_TIMEOUT);

            var hasty = endpoint(blackhole.url(), Duration.ofSeconds(10), SHORT);
            assertFailed(webhooks.send(hasty), Failure.CONNECT_TIMEOUT);
        }
    }

    private static WebhookEndpoint endpoint(URI url, Duration connectTimeout, Duration timeout) {
        return new WebhookEndpoint(
                url,
                WebhookEndpoint.Method.POST,
                false,
                Map.of(),
                connectTimeout,
                timeout,
                WebhookTls.ofTheJvm(),
                new WebhookAuth.None(),
                List.of());
    }

    @Test
    void reportsAnUnknownHostName() {
        assertFailed(webhooks.send(WebhookEndpoint.of(URI.create("http://no-such-host.invalid/"), LONG)), Failure.DNS);
    }

    @Test
    void reportsAHostNameThatIsNotResolvedInTime() {
        try (var slow = TestWebhooks.with(Map.of(), name -> new CompletableFuture<List<InetAddress>>())) {
            assertFailed(slow.send(WebhookEndpoint.of(URI.create("http://billing/"), SHORT)), Failure.DNS);
        }
    }

    @Test
    void sendsAgainOnceWhenTheEndpointClosedTheConnectionItHadKept() {
        // With room for one connection only, the second webhook waits until the first has given it back.
        settings(Map.of("max-connections-per-host", "1"));
        var first = new CountDownLatch(1);
        try (var endpoint = HostileEndpoint.behaving(peer -> {
                    peer.read();
                    peer.write(response(200, ""));
                    if (first.getCount() > 0) {
                        first.countDown();
                        peer.read();
                        peer.reset();
                    }
                });
                var sender = webhooks.client.open(WebhookEndpoint.of(endpoint.url(), LONG))) {
            assertAnswered(
                    sender.send(TestWebhooks.message("1")).toCompletableFuture().join(), 200);
            assertAnswered(
                    sender.send(TestWebhooks.message("2")).toCompletableFuture().join(), 200);

            assertThat(endpoint.requests())
                    .extracting(HostileEndpoint.Request::text)
                    .containsExactly("1", "2", "2");
            assertThat(endpoint.connections()).isEqualTo(2);
        }
    }

    @Test
    void doesNotSendAgainWhatANewConnectionLost() {
        try (var endpoint = HostileEndpoint.behaving(resetting())) {
            assertFailed(webhooks.send(WebhookEndpoint.of(endpoint.url(), LONG)), Failure.RESET);

            assertThat(endpoint.requests()).hasSize(1);
        }
    }

    @Test
    void usesNoConnectionForLongerThanItsAge() {
        settings(Map.of("connection-max-age", "300ms"));
        try (var endpoint = HostileEndpoint.behaving(answering(200));
                var sender = webhooks.client.open(WebhookEndpoint.of(endpoint.url(), LONG))) {
            sender.send(TestWebhooks.message("1")).toCompletableFuture().join();
            assertThat(endpoint.openConnections()).isEqualTo(1);

            await().until(() -> endpoint.openConnections() == 0);
        }
    }

    @Test
    void losesNoWebhookToConnectionsThatReachTheirAge() {
        settings(Map.of("connection-max-age", "2ms"));
        try (var endpoint = HostileEndpoint.behaving(answering(200));
                var sender = webhooks.client.open(WebhookEndpoint.of(endpoint.url(), LONG))) {
            for (int round = 0; round < 30; round++) {
                var sent = IntStream.range(0, 20)
                        .mapToObj(
                                number -> sender.send(TestWebhooks.message("x")).toCompletableFuture())
                        .toList();
                assertThat(sent).allSatisfy(one -> assertAnswered(one.join(), 200));
            }
            assertThat(endpoint.connections()).isGreaterThan(20);
        }
    }

    @Test
    void sendsOverIpv6() {
        assumeTrue(hasIpv6(), "there is no IPv6 here");
        try (var endpoint = HostileEndpoint.behavingOverIpv6(answering(200))) {
            assertAnswered(webhooks.send(WebhookEndpoint.of(endpoint.url("[::1]"), LONG)), 200);

            assertThat(endpoint.requests().get(0).header("host")).isEqualTo("[::1]:" + endpoint.port());
        }
    }

    private static boolean hasIpv6() {
        try (var free = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            return free.isBound();
        } catch (IOException none) {
            return false;
        }
    }

    @Test
    void letsAnExchangeEndOnAConnectionThatReachesItsAge() {
        settings(Map.of("connection-max-age", "100ms"));
        var outcome = send(
                peer -> {
                    peer.read();
                    peer.pause(500);
                    peer.write(response(200, ""));
                    peer.hold();
                },
                LONG);

        assertAnswered(outcome, 200);
    }

    @Test
    void closesIdleConnectionsAtOnceAndOthersWithTheirExchange() throws Exception {
        var answer = new CountDownLatch(1);
        try (var endpoint = HostileEndpoint.behaving(peer -> {
            while (true) {
                if (peer.read().text().equals("slow")) {
                    await().until(() -> answer.getCount() == 0);
                }
                peer.write(response(200, ""));
            }
        })) {
            var sender = webhooks.client.open(WebhookEndpoint.of(endpoint.url(), LONG));
            var slow = sender.send(TestWebhooks.message("slow")).toCompletableFuture();
            await().until(() -> endpoint.requests().size() == 1);

            sender.close();
            assertFailed(
                    sender.send(TestWebhooks.message("late"))
                            .toCompletableFuture()
                            .join(),
                    Failure.ABORTED);
            answer.countDown();

            assertAnswered(slow.join(), 200);
            await().until(() -> endpoint.openConnections() == 0);
        }
    }

    @Test
    void letsOneEndpointThatHangsDelayNoOther() {
        try (var hanging = HostileEndpoint.behaving(silent());
                var healthy = HostileEndpoint.behaving(answering(200));
                var stuck = webhooks.client.open(WebhookEndpoint.of(hanging.url(), LONG))) {
            var pending = IntStream.range(0, 300)
                    .mapToObj(number -> stuck.send(TestWebhooks.message("x")).toCompletableFuture())
                    .toList();

            assertAnswered(webhooks.send(WebhookEndpoint.of(healthy.url(), LONG)), 200);
            assertThat(pending).noneMatch(CompletableFuture::isDone);
        }
    }

    @Test
    void takesTheNextAddressWhenOneRefuses() {
        try (var endpoint = HostileEndpoint.behaving(answering(200));
                var two = TestWebhooks.with(
                        Map.of(),
                        name -> CompletableFuture.completedFuture(TestWebhooks.addresses("127.0.0.9", "127.0.0.1")))) {
            assertAnswered(two.send(WebhookEndpoint.of(endpoint.url("billing"), LONG)), 200);

            assertThat(endpoint.requests().get(0).header("host")).isEqualTo("billing:" + endpoint.port());
        }
    }

    @Test
    void goesOnWithTheAddressesItHasWhileTheNameCannotBeLookedUp() {
        var answers = new ConcurrentLinkedQueue<CompletableFuture<List<InetAddress>>>();
        answers.add(CompletableFuture.completedFuture(TestWebhooks.addresses("127.0.0.1")));
        NameResolver names = name -> answers.isEmpty() ? TestWebhooks.unknown(name) : answers.remove();
        try (var endpoint = HostileEndpoint.behaving(answering(200));
                var flaky = TestWebhooks.with(Map.of("dns-refresh", "0s"), names);
                var sender = flaky.client.open(WebhookEndpoint.of(endpoint.url("billing"), LONG))) {
            assertAnswered(
                    sender.send(TestWebhooks.message("1")).toCompletableFuture().join(), 200);
            assertAnswered(
                    sender.send(TestWebhooks.message("2")).toCompletableFuture().join(), 200);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a b | x | 'a b' is not a valid header name",
                "Host | x | header 'Host' describes the connection and cannot be set",
                "content-length | 1 | header 'content-length' describes the connection and cannot be set",
                "Transfer-Encoding | chunked | header 'Transfer-Encoding' describes the connection and cannot be set"
            })
    void refusesHeadersWithInvalidNames(String name, String value, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebhookMessage("id", Map.of(name, value), new byte[0]))
                .withMessage(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\r\nEvil: y", "x\nEvil: y", "x\rEvil: y", "\u0000", "ü"})
    void refusesHeadersThatWouldBeTwo(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebhookMessage("id", Map.of("A", value), new byte[0]))
                .withMessageNotContaining("Evil");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebhookMessage("id", Map.of("A" + value, "x"), new byte[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> new WebhookMessage("id" + value, Map.of(), new byte[0]));
    }

    @Test
    void leavesTheHeadersOfStandardWebhooksToTheClient() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WebhookEndpoint(
                        URI.create("http://billing/"),
                        WebhookEndpoint.Method.POST,
                        false,
                        Map.of("Webhook-Signature", "v1,x"),
                        Duration.ofSeconds(1),
                        LONG,
                        WebhookTls.ofTheJvm(),
                        new WebhookAuth.None(),
                        List.of()))
                .withMessage("header 'Webhook-Signature' is set by the gateway itself");
    }
}
