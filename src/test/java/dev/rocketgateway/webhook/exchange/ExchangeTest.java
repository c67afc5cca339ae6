package dev.rocketgateway.webhook.exchange;

import static dev.rocketgateway.testing.HostileEndpoint.answering;
import static dev.rocketgateway.testing.HostileEndpoint.closing;
import static dev.rocketgateway.testing.HostileEndpoint.response;
import static dev.rocketgateway.testing.HostileEndpoint.stallingAfter;
import static dev.rocketgateway.webhook.TestWebhooks.addresses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.webhook.TestWebhooks;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookOutcome.Answered;
import dev.rocketgateway.webhook.WebhookOutcome.Cause;
import dev.rocketgateway.webhook.WebhookOutcome.Failed;
import dev.rocketgateway.webhook.WebhookOutcome.Failure;
import dev.rocketgateway.webhook.WebhookOutcome.Withheld;
import dev.rocketgateway.webhook.address.TargetUrl;
import dev.rocketgateway.webhook.target.NameResolver;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ExchangeTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(100);

    private final AtomicInteger resolved = new AtomicInteger();
    private NameResolver names = name -> CompletableFuture.completedFuture(addresses("127.0.0.1"));
    private final TestWebhooks webhooks = TestWebhooks.with(Map.of(), name -> {
        resolved.incrementAndGet();
        return names.resolve(name);
    });

    @AfterEach
    void close() {
        webhooks.close();
    }

    private EndpointRoute route(URI url) {
        try {
            return EndpointRoute.to(
                    webhooks.vertx, TestWebhooks.config(Map.of()), webhooks.policy, WebhookEndpoint.of(url, LONG));
        } catch (TargetUrl.InvalidTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<WebhookOutcome> making(EndpointRoute route, Duration limit) {
        var headers = MultiMap.caseInsensitiveMultiMap().set("X-A", "b");
        return Exchange.make(route, new Exchange.Request(HttpMethod.POST, headers, new byte[] {'x'}), 5, limit);
    }

    private WebhookOutcome make(EndpointRoute route) {
        return making(route, LONG).join();
    }

    private static void assertFailed(WebhookOutcome outcome, Failure failure) {
        assertThat(outcome).isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.failure())
                .as(failed.detail())
                .isEqualTo(failure));
    }

    private static Answered answered(WebhookOutcome outcome) {
        assertThat(outcome).isInstanceOf(Answered.class);
        return (Answered) outcome;
    }

    @Test
    void sendsToTheCheckedAddressWithTheNameOfTheUrl() {
        try (var endpoint = HostileEndpoint.behaving(answering(200))) {
            answered(make(route(endpoint.url("hooks.example.com"))));

            assertThat(endpoint.requests()).singleElement().satisfies(request -> {
                assertThat(request.header("host")).isEqualTo("hooks.example.com:" + endpoint.port());
                assertThat(request.header("x-a")).isEqualTo("b");
                assertThat(request.text()).isEqualTo("x");
            });
        }
    }

    @Test
    void isNotMovedByAResponseAfterTheTimeoutAndUsesAnotherConnectionNext() {
        var late = new CompletableFuture<Void>();
        try (var endpoint = HostileEndpoint.behaving(answering(request -> {
            if (!late.isDone()) {
                late.join();
            }
            return response(200, "");
        }))) {
            var route = route(endpoint.url());
            var first = making(route, SHORT);
            assertFailed(first.join(), Failure.TIMEOUT);
            late.complete(null);

            answered(make(route));

            assertFailed(first.join(), Failure.TIMEOUT);
            assertThat(endpoint.connections()).isEqualTo(2);
        }
    }

    @Test
    void connectsToNobodyWhenTheNameIsResolvedTooLate() {
        var late = new CompletableFuture<List<InetAddress>>();
        names = name -> late;
        try (var endpoint = HostileEndpoint.behaving(answering(200))) {
            var route = route(endpoint.url("hooks.example.com"));
            var outcome = making(route, SHORT);
            assertFailed(outcome.join(), Failure.DNS);

            late.complete(addresses("127.0.0.1"));
            answered(make(route));

            assertThat(endpoint.requests()).as("only the second exchange").hasSize(1);
        }
    }

    @Test
    void withholdsTheRequestFromADeniedAddress() {
        names = name -> CompletableFuture.completedFuture(addresses("169.254.169.254"));

        assertThat(make(route(URI.create("http://hooks.example.com/"))))
                .isInstanceOfSatisfying(
                        Withheld.class, held -> assertThat(held.cause()).isEqualTo(Cause.TARGET_DENIED));
    }

    @Test
    void saysThatANameIsUnknown() {
        names = TestWebhooks::unknown;

        assertFailed(make(route(URI.create("http://hooks.example.com/"))), Failure.DNS);
    }

    @Test
    void triesTheNextAddressAndResolvesAgainWhenNoneTakesTheConnection() {
        names = name -> CompletableFuture.completedFuture(addresses("127.0.0.9", "127.0.0.1"));
        var route = route(HostileEndpoint.refusing());
        URI named;
        try (var endpoint = HostileEndpoint.behaving(answering(200))) {
            named = endpoint.url("hooks.example.com");
            route = route(named);
            answered(make(route));
            assertThat(resolved).hasValue(1);
        }

        assertFailed(make(route), Failure.CONNECT_REFUSED);
        assertFailed(make(route), Failure.CONNECT_REFUSED);
        assertThat(resolved).hasValueGreaterThan(1);
    }

    @Test
    void sendsAgainOnANewConnectionOnlyWhenAnOldOneWasClosed() {
        var closedUnanswered = new AtomicInteger();
        try (var endpoint = HostileEndpoint.behaving(peer -> {
            peer.read();
            peer.write(response(200, ""));
            peer.read();
            closedUnanswered.incrementAndGet();
        })) {
            var route = route(endpoint.url());
            // The pool may get a connection back only after the outcome is known.
            await().until(() -> {
                answered(make(route));
                return closedUnanswered.get() > 0;
            });
        }
        try (var endpoint = HostileEndpoint.behaving(closing())) {
            assertFailed(make(route(endpoint.url())), Failure.RESET);
            assertThat(endpoint.connections()).isEqualTo(1);
        }
    }

    @Test
    void countsTheStatusAndCutsABodyThatIsTooLarge() {
        try (var endpoint = HostileEndpoint.behaving(answering(request -> response(503, "much too long")))) {
            var answer = answered(make(route(endpoint.url())));

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.body()).asString().isEqualTo("much ");
        }
    }

    @Test
    void countsTheStatusWhenTheBodyDoesNotEndInTime() {
        try (var endpoint = HostileEndpoint.behaving(stallingAfter("HTTP/1.1 202 X\r\nContent-Length: 4\r\n\r\nok"))) {
            var answer = answered(
                    making(route(endpoint.url()), Duration.ofMillis(500)).join());

            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.body()).asString().isEqualTo("ok");
        }
    }

    @Test
    void finishesWhatIsUnderWayWhenTheRouteClosesAndMakesNoMore() {
        var released = new CompletableFuture<Void>();
        try (var endpoint = HostileEndpoint.behaving(answering(request -> {
            released.join();
            return response(200, "");
        }))) {
            var route = route(endpoint.url());
            var underWay = making(route, LONG);
            await().until(() -> endpoint.connections() == 1);
            route.close();
            assertFailed(make(route), Failure.ABORTED);
            released.complete(null);

            answered(underWay.join());
            await().until(() -> endpoint.openConnections() == 0);
        }
    }
}
