package dev.rocketgateway.security.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.testing.TestCertificate;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificatesTest {

    private static final String SPIFFE = "spiffe://example.org/orders";

    private static Certificates certificates(String setting, String value) {
        var all = new HashMap<String, String>();
        all.put("gateway.security.rules.orders.publish", "orders-*");
        all.put("gateway.security.certificates.shop.roles", "orders");
        all.put("gateway.security.certificates.shop." + setting, value);
        var config = TestSecurity.config(all);
        return new Certificates(config.certificates(), new Roles(config.rules()));
    }

    private static X509Certificate parse(TestCertificate certificate) throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(certificate.certificatePem().getBytes(StandardCharsets.US_ASCII)));
    }

    @ParameterizedTest
    @CsvSource({
        "uri:" + SPIFFE + ", " + SPIFFE + ", true",
        "uri:" + SPIFFE + ", spiffe://example.org/order, false",
        "dns:orders.example.org, orders.example.org, true",
        "email:orders@example.org, orders@example.org, true",
        "dns:other.example.org, orders.example.org, false",
        "ip:127.0.0.1, 127.0.0.1, false",
        "uri:urn:example:orders, urn:example:orders, true",
        "dns:orders.example.org, urn:example:orders, false"
    })
    void knowsACallerByItsAlternativeName(String inCertificate, String inSettings, boolean known) throws Exception {
        var found = certificates("san", inSettings).find(parse(TestCertificate.valid(inCertificate)));

        assertThat(found.isPresent()).isEqualTo(known);
        found.ifPresent(identity -> assertThat(identity.principal()).hasToString("certificate:shop"));
    }

    @Test
    void knowsACallerByItsSubject() throws Exception {
        var certificate = parse(TestCertificate.valid("dns:localhost"));

        assertThat(certificates("subject", certificate.getSubjectX500Principal().getName())
                        .find(certificate))
                .isPresent();
        assertThat(certificates("subject", "CN=other").find(certificate)).isEmpty();
    }

    @Test
    void saysWhatIsWrongWithTheSettings() {
        assertThatThrownBy(() -> certificates("subject", "orders"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "`gateway.security.certificates.shop.subject` is not a subject. Write it as in CN=orders,O=Example.");
        assertThatThrownBy(() -> certificates("roles", "orders"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "Set either `gateway.security.certificates.shop.san` or `gateway.security.certificates.shop.subject`.");
    }
}
