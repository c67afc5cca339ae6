package dev.rocketgateway.webhook;

import static dev.rocketgateway.testing.HostileEndpoint.answering;
import static dev.rocketgateway.testing.HostileEndpoint.refusing;
import static dev.rocketgateway.testing.HostileEndpoint.response;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.webhook.WebhookPermission.Granted;
import dev.rocketgateway.webhook.WebhookPermission.Refused;
import dev.rocketgateway.webhook.WebhookPermission.Unknown;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookPermissionTest {

    private static final String ORIGIN = "gateway.example.com";

    private final TestWebhooks webhooks = TestWebhooks.usual();

    @AfterEach
    void close() {
        webhooks.close();
    }

    private WebhookPermission ask(URI url) {
        try (var sender = webhooks.client.open(WebhookEndpoint.of(url, Duration.ofSeconds(10)))) {
            return sender.requestPermission(ORIGIN).toCompletableFuture().join();
        }
    }

    private WebhookPermission ask(HostileEndpoint.Behaviour behaviour) {
        try (var endpoint = HostileEndpoint.behaving(behaviour)) {
            var permission = ask(endpoint.url());
            assertThat(endpoint.requests()).allSatisfy(request -> {
                assertThat(request.line()).startsWith("OPTIONS /hook?key=1 ");
                assertThat(request.header("webhook-request-origin")).isEqualTo(ORIGIN);
                assertThat(request.text()).isEmpty();
            });
            return permission;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gateway.example.com, 120, 120",
        "GATEWAY.example.com, *, ",
        "*, 1, 1",
        "*, 0, ",
        "*, -1, ",
        "*, many, ",
        "*, 99999999999, "
    })
    void isGrantedToTheOriginOrToAll(String origin, String rate, Integer perMinute) {
        assertThat(ask(answering(200, "WebHook-Allowed-Origin", origin, "WebHook-Allowed-Rate", rate)))
                .isEqualTo(new Granted(Optional.ofNullable(perMinute)));
    }

    @Test
    void isGrantedWithoutARate() {
        assertThat(ask(answering(204, "WebHook-Allowed-Origin", "*"))).isEqualTo(new Granted(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 302, 404, 405, 500})
    void isRefusedByAnAnswerThatDoesNotSaySo(int status) {
        assertThat(ask(answering(status)))
                .isEqualTo(new Refused("answered %d without WebHook-Allowed-Origin".formatted(status)));
    }

    @Test
    void isRefusedToAnotherOrigin() {
        assertThat(ask(answering(200, "WebHook-Allowed-Origin", "eventemitter.example.com")))
                .isEqualTo(new Refused("WebHook-Allowed-Origin differs from gateway.example.com"));
        assertThat(ask(answering(request -> response(403, "", "WebHook-Allowed-Origin", "*"))))
                .isInstanceOf(Refused.class);
    }

    @Test
    void isUnknownWithoutAnAnswer() {
        assertThat(ask(refusing())).isInstanceOfSatisfying(Unknown.class, unknown -> assertThat(
                        unknown.outcome().label())
                .isEqualTo("connect_refused"));
        assertThat(ask(URI.create("http://169.254.169.254/")))
                .isInstanceOfSatisfying(
                        Unknown.class,
                        unknown -> assertThat(unknown.outcome().label()).isEqualTo("target_denied"));
    }

    @Test
    void takesNoOriginThatIsNone() {
        try (var sender =
                webhooks.client.open(WebhookEndpoint.of(URI.create("http://billing/"), Duration.ofSeconds(1)))) {
            assertThatIllegalArgumentException().isThrownBy(() -> sender.requestPermission("a\r\nb"));
            assertThatIllegalArgumentException().isThrownBy(() -> sender.requestPermission(" "));
        }
    }
}
