package dev.rocketgateway.webhook.exchange;

import static dev.rocketgateway.testing.HostileEndpoint.answering;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.testing.TestCertificate;
import dev.rocketgateway.webhook.Secret;
import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.TestWebhooks;
import dev.rocketgateway.webhook.WebhookAuth;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookOutcome;
import dev.rocketgateway.webhook.WebhookOutcome.Answered;
import dev.rocketgateway.webhook.WebhookOutcome.Cause;
import dev.rocketgateway.webhook.WebhookOutcome.Failed;
import dev.rocketgateway.webhook.WebhookOutcome.Failure;
import dev.rocketgateway.webhook.WebhookOutcome.Withheld;
import dev.rocketgateway.webhook.WebhookTls;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookTlsIT {

    private static final String[] NAMES = {"dns:billing.example.com", "ip:127.0.0.1"};
    private static final TestCertificate VALID = TestCertificate.valid(NAMES);
    private static final TestCertificate ANOTHER = TestCertificate.another(NAMES);
    private static final TestCertificate EXPIRED = TestCertificate.expired(NAMES);
    private static final TestCertificate CLIENT = TestCertificate.valid("dns:gateway");
    private static final TestCertificate NEXT_CLIENT = TestCertificate.another("dns:gateway");

    private TestWebhooks webhooks = TestWebhooks.with(Map.of(), WebhookTlsIT::here);

    private static CompletableFuture<List<InetAddress>> here(String name) {
        return CompletableFuture.completedFuture(TestWebhooks.addresses("127.0.0.1"));
    }

    @AfterEach
    void close() {
        webhooks.close();
    }

    private static WebhookTls trusting(TestCertificate certificate) {
        return new WebhookTls(Optional.of(certificate::authorityPem), Optional.empty(), Optional.empty(), false);
    }

    private static WebhookEndpoint endpoint(URI url, WebhookTls tls) {
        return new WebhookEndpoint(
                url,
                WebhookEndpoint.Method.POST,
                false,
                Map.of(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                tls,
                new WebhookAuth.None(),
                List.of());
    }

    private WebhookOutcome send(TestCertificate shown, String host, WebhookTls tls) {
        try (var endpoint = HostileEndpoint.behavingOverTls(answering(200), shown)) {
            return webhooks.send(endpoint(endpoint.url(host), tls));
        }
    }

    private static void assertTlsFailure(WebhookOutcome outcome, String detail) {
        assertThat(outcome).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.failure()).isEqualTo(Failure.TLS);
            assertThat(failed.detail()).contains(detail);
        });
    }

    @Test
    void trustsTheConfiguredCertificates() {
        assertThat(send(VALID, "127.0.0.1", trusting(VALID))).isInstanceOf(Answered.class);
        assertThat(send(VALID, "billing.example.com", trusting(VALID))).isInstanceOf(Answered.class);
    }

    @Test
    void refusesCertificatesOfUnknownIssuers() {
        assertTlsFailure(send(VALID, "127.0.0.1", WebhookTls.ofTheJvm()), "unable to find valid certification path");
        assertTlsFailure(send(ANOTHER, "127.0.0.1", trusting(VALID)), "");
    }

    @Test
    void trustsNoCertificateThatHasExpired() {
        assertTlsFailure(send(EXPIRED, "127.0.0.1", trusting(EXPIRED)), "NotAfter");
    }

    @Test
    void trustsNoCertificateOfAnotherName() {
        assertTlsFailure(
                send(VALID, "shipping.example.com", trusting(VALID)),
                "No subject alternative DNS name matching shipping.example.com found");
    }

    /** The address is pinned, and all the same it is the name that the certificate must have. */
    @Test
    void canAskForAnotherNameThanThatOfTheUrl() {
        var tls = new WebhookTls(
                Optional.of(VALID::certificatePem), Optional.empty(), Optional.of("billing.example.com"), false);
        try (var endpoint = HostileEndpoint.behavingOverTls(answering(200), VALID)) {
            assertThat(webhooks.send(endpoint(endpoint.url("shipping"), tls))).isInstanceOf(Answered.class);

            assertThat(endpoint.requests().get(0).header("host")).isEqualTo("shipping:" + endpoint.port());
        }
    }

    @Test
    void skipsVerificationOnlyWhereTheOperatorAllowsIt() {
        var tls = new WebhookTls(Optional.empty(), Optional.empty(), Optional.empty(), true);
        assertThat(send(EXPIRED, "shipping", tls))
                .isInstanceOfSatisfying(
                        Withheld.class, held -> assertThat(held.cause()).isEqualTo(Cause.TARGET_DENIED));

        webhooks.close();
        webhooks = TestWebhooks.with(Map.of("allow-insecure-tls", "true"), WebhookTlsIT::here);
        assertThat(send(EXPIRED, "shipping", tls)).isInstanceOf(Answered.class);
    }

    @Test
    void reportsAnEndpointThatDoesNotSpeakTls() {
        try (var endpoint = HostileEndpoint.behaving(peer -> {
            peer.write("HTTP/1.1 400 X\r\n\r\n");
            peer.hold();
        })) {
            var url = URI.create("https://127.0.0.1:" + endpoint.port() + "/");
            assertTlsFailure(webhooks.send(endpoint(url, WebhookTls.ofTheJvm())), "");
        }
    }

    @Test
    void reportsAHandshakeThatNeverEnds() {
        try (var endpoint = HostileEndpoint.behaving(HostileEndpoint.deaf())) {
            var url = URI.create("https://127.0.0.1:" + endpoint.port() + "/");
            var outcome = webhooks.send(WebhookEndpoint.of(url, Duration.ofMillis(300)));

            assertThat(outcome).isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.failure())
                    .isIn(Failure.CONNECT_TIMEOUT, Failure.TLS));
        }
    }

    private static WebhookTls showing(Secret certificate, Secret key) {
        return new WebhookTls(
                Optional.of(VALID::certificatePem),
                Optional.of(new WebhookTls.ClientCertificate(certificate, key)),
                Optional.empty(),
                false);
    }

    @Test
    void showsItsCertificate() {
        try (var endpoint = HostileEndpoint.behavingOverTls(answering(200), VALID, CLIENT)) {
            assertThat(webhooks.send(endpoint(endpoint.url(), showing(CLIENT::certificatePem, CLIENT::keyPem))))
                    .isInstanceOf(Answered.class);
            assertTlsFailure(webhooks.send(endpoint(endpoint.url(), trusting(VALID))), "");
            assertTlsFailure(
                    webhooks.send(endpoint(endpoint.url(), showing(NEXT_CLIENT::certificatePem, NEXT_CLIENT::keyPem))),
                    "");
        }
    }

    @Test
    void takesANewCertificateWithoutARestart() {
        var current = new AtomicReference<>(NEXT_CLIENT);
        var tls = showing(
                () -> current.get().certificatePem(), () -> current.get().keyPem());
        try (var endpoint = HostileEndpoint.behavingOverTls(answering(200), VALID, CLIENT);
                var sender = webhooks.client.open(endpoint(endpoint.url(), tls))) {
            assertTlsFailure(
                    sender.send(TestWebhooks.message("1")).toCompletableFuture().join(), "");

            current.set(CLIENT);

            assertThat(sender.send(TestWebhooks.message("2"))
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(Answered.class);
            assertThat(sender.send(TestWebhooks.message("3"))
                            .toCompletableFuture()
                            .join())
                    .isInstanceOf(Answered.class);
            assertThat(endpoint.connections()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void sendsNothingWhenACertificateIsMissingOrMalformed() {
        Secret none = () -> {
            throw new SecretUnavailableException("secret ca is not there");
        };
        var missing = new WebhookTls(Optional.of(none), Optional.empty(), Optional.empty(), false);
        var garbage = new WebhookTls(Optional.of(() -> "no PEM"), Optional.empty(), Optional.empty(), false);

        assertThat(send(VALID, "127.0.0.1", missing))
                .isEqualTo(new Withheld(Cause.SECRET_MISSING, "secret ca is not there"));
        assertThat(send(VALID, "127.0.0.1", garbage))
                .isEqualTo(new Withheld(Cause.SECRET_MISSING, "the certificates to trust are not PEM"));
        assertThat(send(VALID, "127.0.0.1", showing(VALID::certificatePem, () -> "no PEM")))
                .isEqualTo(new Withheld(Cause.SECRET_MISSING, "the client certificate and its key are not PEM"));
    }
}
