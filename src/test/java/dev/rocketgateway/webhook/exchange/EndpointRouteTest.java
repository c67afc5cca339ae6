package dev.rocketgateway.webhook.exchange;

import static dev.rocketgateway.webhook.TestWebhooks.addresses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.TestCertificate;
import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.TestWebhooks;
import dev.rocketgateway.webhook.WebhookAuth;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookTls;
import dev.rocketgateway.webhook.address.TargetUrl;
import dev.rocketgateway.webhook.target.NameResolver;
import dev.rocketgateway.webhook.target.TargetPolicy.Verdict;
import io.vertx.core.http.HttpMethod;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(30)
class EndpointRouteTest {

    private static final String URL = "http://hooks.example.com/a?b=c";

    private final AtomicInteger resolved = new AtomicInteger();
    private volatile NameResolver names = name -> CompletableFuture.completedFuture(addresses("127.0.0.1"));
    private final TestWebhooks webhooks = TestWebhooks.with(Map.of(), name -> {
        resolved.incrementAndGet();
        return names.resolve(name);
    });

    @AfterEach
    void close() {
        webhooks.close();
    }

    private EndpointRoute route(String url, WebhookTls tls, Map<String, String> settings) {
        var endpoint = new WebhookEndpoint(
                URI.create(url),
                WebhookEndpoint.Method.POST,
                false,
                Map.of(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                tls,
                new WebhookAuth.None(),
                List.of());
        try {
            return EndpointRoute.to(webhooks.vertx, TestWebhooks.config(settings), webhooks.policy, endpoint);
        } catch (TargetUrl.InvalidTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    private EndpointRoute route(String... settings) {
        return route(
                URL,
                WebhookTls.ofTheJvm(),
                settings.length == 0 ? Map.of() : Map.of(settings[0], settings[1], settings[2], settings[3]));
    }

    private void resolvesTo(String... to) {
        names = name -> CompletableFuture.completedFuture(addresses(to));
    }

    private static List<String> next(EndpointRoute route) {
        var verdict = route.addresses().join();
        assertThat(verdict).isInstanceOf(Verdict.Allowed.class);
        return ((Verdict.Allowed) verdict)
                .addresses().stream().map(InetAddress::getHostAddress).toList();
    }

    @Test
    void resolvesOnceForAllWhoWaitAndForAWhileAfterIt() {
        var late = new CompletableFuture<List<InetAddress>>();
        names = name -> late;
        var route = route();
        var first = route.addresses();
        var second = route.addresses();
        late.complete(addresses("127.0.0.1"));

        assertThat(first.join()).isInstanceOf(Verdict.Allowed.class);
        assertThat(second.join()).isInstanceOf(Verdict.Allowed.class);
        next(route);
        assertThat(resolved).hasValue(1);
    }

    @Test
    void takesTheAddressesOfTheFirstFamilyInTurnAndTheOthersAfterThem() {
        resolvesTo("127.0.0.1", "::1", "127.0.0.2", "127.0.0.3");
        var route = route();

        assertThat(next(route))
                .startsWith("127.0.0.1", "127.0.0.2", "127.0.0.3")
                .hasSize(4);
        assertThat(next(route))
                .startsWith("127.0.0.2", "127.0.0.3", "127.0.0.1")
                .hasSize(4);
        assertThat(next(route))
                .startsWith("127.0.0.3", "127.0.0.1", "127.0.0.2")
                .hasSize(4);
        assertThat(next(route)).startsWith("127.0.0.1");
    }

    @Test
    void checksAgainAfterTheRefreshAndAfterAFailedConnection() {
        var route = route();
        next(route);
        resolvesTo("127.0.0.2");
        assertThat(next(route)).containsExactly("127.0.0.1");
        route.forgetAddresses();
        assertThat(next(route)).containsExactly("127.0.0.2");

        var brief = route("dns-refresh", "1ms", "connection-max-age", "5m");
        next(brief);
        resolvesTo("127.0.0.3");
        await().until(() -> next(brief).equals(List.of("127.0.0.3")));
    }

    @Test
    void keepsTheOldAddressesWhileTheNameIsUnknownAndNoLongerThanAConnectionMayLive() {
        var route = route("dns-refresh", "1ms", "connection-max-age", "5m");
        var brief = route("dns-refresh", "1ms", "connection-max-age", "2ms");
        next(route);
        next(brief);
        int before = resolved.get();
        names = TestWebhooks::unknown;

        await().until(() -> brief.addresses().join() instanceof Verdict.Unknown);
        assertThat(next(route)).containsExactly("127.0.0.1");
        assertThat(resolved).hasValueGreaterThan(before + 1);
        route.forgetAddresses();
        assertThat(route.addresses().join()).isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void forgetsTheOldAddressesWhenTheNewOnesAreDenied() {
        var route = route("dns-refresh", "1ms", "connection-max-age", "5m");
        next(route);
        resolvesTo("169.254.169.254");
        await().until(() -> route.addresses().join() instanceof Verdict.Denied);

        names = TestWebhooks::unknown;

        assertThat(route.addresses().join()).isInstanceOf(Verdict.Unknown.class);
    }

    /** Of an exchange that begins and ends. */
    private static LoopConnections connections(EndpointRoute route) throws SecretUnavailableException {
        var opened = Objects.requireNonNull(route.begin());
        opened.end();
        return opened.connections();
    }

    @Test
    void keepsItsConnectionsUntilItIsClosed() throws SecretUnavailableException {
        var route = route();
        var first = connections(route);

        assertThat(connections(route)).isSameAs(first);
        route.close();

        assertThat(route.begin()).isNull();
    }

    @Test
    void makesOtherConnectionsWhenTheCertificatesChange() throws SecretUnavailableException {
        var authority = TestCertificate.valid("dns:hooks.example.com").authorityPem();
        var other = authority + "\n";
        var current = new String[] {authority};
        var tls = new WebhookTls(Optional.of(() -> current[0]), Optional.empty(), Optional.empty(), false);
        var route = route("https://hooks.example.com/", tls, Map.of());
        var first = connections(route);
        assertThat(connections(route)).isSameAs(first);

        current[0] = other;

        assertThat(connections(route)).isNotSameAs(first);
    }

    @Test
    void hasNoConnectionsWithoutItsCertificateAndHasThemWhenItIsThere() throws SecretUnavailableException {
        var authority = TestCertificate.valid("dns:hooks.example.com").authorityPem();
        var missing = new AtomicInteger(1);
        var tls = new WebhookTls(
                Optional.of(() -> {
                    if (missing.getAndDecrement() > 0) {
                        throw new SecretUnavailableException("file x does not exist");
                    }
                    return authority;
                }),
                Optional.empty(),
                Optional.empty(),
                false);
        var route = route("https://hooks.example.com/", tls, Map.of());

        assertThatThrownBy(route::begin)
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessageContaining("file x");
        assertThat(route.begin()).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "http://hooks.example.com/, hooks.example.com",
        "http://hooks.example.com:80/, hooks.example.com",
        "https://hooks.example.com:443/, hooks.example.com",
        "http://hooks.example.com:443/, hooks.example.com:443",
        "https://hooks.example.com:8443/, hooks.example.com:8443",
        "http://[::1]:8080/, [::1]:8080"
    })
    void namesTheHostAndAPortThatIsNotUsual(String url, String authority) {
        assertThat(route(url, WebhookTls.ofTheJvm(), Map.of()).authority()).hasToString(authority);
    }

    @Test
    void asksExactlyTheAddressForTheNameOfTheUrl() {
        var request = route().request(HttpMethod.PUT, addresses("127.0.0.7").get(0));

        assertThat(request.getServer().hostAddress()).isEqualTo("127.0.0.7");
        assertThat(request.getServer().port()).isEqualTo(80);
        assertThat(request.getHost()).isEqualTo("hooks.example.com");
        assertThat(request.getURI()).isEqualTo("/a?b=c");
        assertThat(request.getFollowRedirects()).isFalse();
    }
}
