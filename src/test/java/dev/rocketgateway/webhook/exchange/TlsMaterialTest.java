package dev.rocketgateway.webhook.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.testing.TestCertificate;
import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.WebhookTls;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TlsMaterialTest {

    private static final Optional<String> BAD = Optional.of("-----BEGIN CERTIFICATE-----\nabc");

    private final Vertx vertx = Vertx.vertx();
    private final HttpClientOptions options = new HttpClientOptions();
    private final TestCertificate certificate = TestCertificate.valid("dns:localhost", "ip:127.0.0.1");

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private TlsMaterial own() {
        return new TlsMaterial(
                Optional.of(certificate.certificatePem()),
                Optional.of(certificate.certificatePem()),
                Optional.of(certificate.keyPem()));
    }

    @Test
    void readsTheSecretsThatAreSet() throws Exception {
        assertThat(TlsMaterial.read(WebhookTls.ofTheJvm())).isEqualTo(TlsMaterial.NONE);
        assertThat(TlsMaterial.read(new WebhookTls(
                        Optional.of(certificate::certificatePem),
                        Optional.of(new WebhookTls.ClientCertificate(certificate::certificatePem, certificate::keyPem)),
                        Optional.empty(),
                        false)))
                .isEqualTo(own());
    }

    @Test
    void setsNothingWithoutSecrets() throws Exception {
        TlsMaterial.NONE.applyTo(options, vertx, true);

        assertThat(options.getTrustOptions()).isNull();
        assertThat(options.getKeyCertOptions()).isNull();
    }

    @Test
    void trustsOnlyTheCertificatesOfTheEndpoint() throws Exception {
        own().applyTo(options, vertx, false);

        assertThat(trusted()).containsExactly(trustedPem());
        assertThat(options.getKeyCertOptions().getKeyManagerFactory(vertx)).isNotNull();
    }

    @Test
    void trustsTheCertificatesOfTheJvmToo() throws Exception {
        own().applyTo(options, vertx, true);

        assertThat(trusted()).contains(trustedPem()).hasSizeGreaterThan(50);
    }

    private List<X509Certificate> trusted() throws Exception {
        var managers = options.getTrustOptions().getTrustManagerFactory(vertx).getTrustManagers();
        return List.of(((X509TrustManager) managers[0]).getAcceptedIssuers());
    }

    private X509Certificate trustedPem() throws Exception {
        var pem = new ByteArrayInputStream(certificate.certificatePem().getBytes(StandardCharsets.US_ASCII));
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }

    @Test
    void saysWhichSecretIsNotPem() {
        assertThatThrownBy(
                        () -> new TlsMaterial(BAD, Optional.empty(), Optional.empty()).applyTo(options, vertx, false))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessage("the certificates to trust are not PEM");
        assertThatThrownBy(
                        () -> new TlsMaterial(Optional.empty(), BAD, Optional.of("abc")).applyTo(options, vertx, false))
                .isInstanceOf(SecretUnavailableException.class)
                .hasMessage("the client certificate and its key are not PEM");
    }

    @Test
    void doesNotShowSecrets() {
        assertThat(own()).hasToString("TlsMaterial[caPem=true, clientCertificate=true]");
    }
}
