package dev.rocketgateway.subscription.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rocketgateway.subscription.Endpoint.Signing;
import dev.rocketgateway.subscription.EndpointAuth;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.SigningSecrets;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.TestSubscriptions;
import dev.rocketgateway.subscription.document.DocumentSource;
import dev.rocketgateway.subscription.document.JsonDocument;
import dev.rocketgateway.subscription.document.SubscriptionDocument;
import dev.rocketgateway.subscription.document.SubscriptionWriter;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.FieldFault;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fields whose values are not shown again, and headers. */
public class SubscriptionSecretsTest {

    private static Subscription read(String endpoint) {
        var faults = new Faults();
        var document = JsonDocument.parse("""
                {"source": {"topic": "orders"}, "endpoint": {"url": "http://billing/hook", %s}}
                """.formatted(endpoint).getBytes(StandardCharsets.UTF_8), faults);
        return SubscriptionDocument.read("billing", document, DocumentSource.CONFIGURATION, 1, faults);
    }

    private static List<FieldFault> faultsOf(String endpoint) {
        return catchThrowableOfType(InvalidSubscriptionException.class, () -> read(endpoint))
                .faults();
    }

    private static String key(String prefix, int bytes) {
        return prefix + Base64.getEncoder().encodeToString(new byte[bytes]);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"type\": \"BASIC\", \"username\": \"u\", \"password\": \"hidden-1\"}",
                "{\"type\": \"BEARER\", \"token\": \"hidden-1\"}",
                "{\"type\": \"API_KEY\", \"header\": \"X-Key\", \"key\": \"hidden-1\"}",
                "{\"type\": \"OAUTH2_CLIENT_CREDENTIALS\", \"tokenUrl\": \"http://t/t\", \"clientId\": \"c\","
                        + " \"clientSecret\": \"hidden-1\"}"
            })
    void neitherTextNorDocumentShowsASecret(String auth) {
        var subscription = read("\"auth\": " + auth);

        assertThat(subscription.toString()).doesNotContain("hidden");
        assertThat(SubscriptionWriter.write(subscription, SubscriptionWriter.WITHOUT_SECRETS)
                        .toString())
                .doesNotContain("hidden");
    }

    @Test
    void aTokenOfAServiceAccountIsABearerTokenInAFile() {
        var auth = read("\"auth\": {\"type\": \"SERVICE_ACCOUNT_TOKEN\", \"tokenRef\": \"tokens/billing\"}")
                .endpoint()
                .orElseThrow()
                .auth();

        assertThat(auth).isEqualTo(new EndpointAuth.Bearer(new SecretText.Reference("tokens/billing")));
    }

    @Test
    void aClientCertificateIsTwoFilesOfADirectory() {
        var tls = read("\"tls\": {\"clientCertRef\": \"billing-tls\"}")
                .endpoint()
                .orElseThrow()
                .tls();

        assertThat(tls.clientCertificate()).contains(new SecretText.Reference("billing-tls/tls.crt"));
        assertThat(tls.clientKey()).contains(new SecretText.Reference("billing-tls/tls.key"));
    }

    @Test
    void eachTypeNeedsItsFieldsAndRefusesThoseOfOthers() {
        assertThat(faultsOf("\"auth\": {\"type\": \"BEARER\", \"username\": \"u\"}"))
                .containsExactlyInAnyOrder(
                        new FieldFault(
                                "endpoint.auth.username",
                                "belongs to auth type BASIC and is not allowed with type BEARER"),
                        new FieldFault("endpoint.auth.token", "is missing; set it or tokenRef"));
        assertThat(faultsOf("\"auth\": {\"type\": \"SERVICE_ACCOUNT_TOKEN\", \"token\": \"t\"}"))
                .containsExactlyInAnyOrder(
                        new FieldFault(
                                "endpoint.auth.token",
                                "belongs to auth type BEARER and is not allowed with type SERVICE_ACCOUNT_TOKEN"),
                        new FieldFault("endpoint.auth.tokenRef", "is missing"));
        assertThat(faultsOf("\"auth\": {\"key\": \"k\"}"))
                .containsExactly(new FieldFault(
                        "endpoint.auth.key", "belongs to auth type API_KEY and is not allowed with type NONE"));
        assertThat(faultsOf("\"auth\": {\"type\": \"BEARER\", \"token\": \"a\", \"tokenRef\": \"b\"}"))
                .containsExactly(new FieldFault(
                        "endpoint.auth.token", "must not be set together with tokenRef; set one of the two"));
        assertThat(faultsOf("\"auth\": {\"type\": \"BEARER\", \"token\": \"%s\"}".formatted("x".repeat(8193))))
                .containsExactly(new FieldFault("endpoint.auth.token", "has more than 8192 characters"));
        assertThat(faultsOf("\"tls\": {\"insecureSkipVerify\": true, \"caRef\": \"ca\"}"))
                .extracting(FieldFault::field)
                .containsExactly("endpoint.tls.insecureSkipVerify");
    }

    @Test
    void keysHaveTheFormOfStandardWebhooks() {
        assertThat(read("\"signing\": {\"keys\": [{\"secret\": \"%s\"}, {\"secret\": \"%s\"}]}"
                                .formatted(key("whsec_", 24), key("whsec_", 64)))
                        .endpoint()
                        .orElseThrow()
                        .signing())
                .satisfies(signing -> {
                    assertThat(signing.type()).isEqualTo(Signing.Type.HMAC_SHA256);
                    assertThat(signing.keys()).extracting(Signing.Key::id).containsExactly("k1", "k2");
                });
        for (var wrong :
                List.of(key("whsec_", 23), key("whsec_", 65), key("", 32), "whsec_not*base64", key("whsk_", 64))) {
            assertThat(faultsOf("\"signing\": {\"keys\": [{\"secret\": \"%s\"}]}".formatted(wrong)))
                    .containsExactly(new FieldFault(
                            "endpoint.signing.keys[0].secret",
                            "must be whsec_ followed by the Base64 of 24 to 64 bytes"));
        }
        assertThat(read("\"signing\": {\"type\": \"ED25519\", \"keys\": [{\"secret\": \"%s\"}]}"
                                .formatted(key("whsk_", 32)))
                        .endpoint()
                        .orElseThrow()
                        .signing()
                        .type())
                .isEqualTo(Signing.Type.ED25519);
        for (int bytes : new int[] {0, 24, 31, 33, 63, 65, 96}) {
            assertThat(SigningSecrets.faultOf(Signing.Type.ED25519, key("whsk_", bytes)))
                    .isEqualTo(
                            "must be whsk_ followed by the Base64 of 32 bytes (seed) or of 64 bytes (seed and public key)");
        }
    }

    /** The vectors of RFC 8032, 7.1. */
    @ParameterizedTest
    @CsvSource({
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
                + " d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
                + " 3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    })
    void takeEd25519KeysWithAndWithoutTheirPublicKey(String seed, String publicKey) {
        var publicText = "whpk_" + base64(publicKey);

        for (var secret : List.of("whsk_" + base64(seed), "whsk_" + base64(seed + publicKey))) {
            assertThat(SigningSecrets.faultOf(Signing.Type.ED25519, secret)).isNull();
            assertThat(SigningSecrets.publicKey(Signing.Type.ED25519, secret)).contains(publicText);
        }
        assertThat(SigningSecrets.faultOf(Signing.Type.ED25519, "whsk_" + base64(seed + seed)))
                .isEqualTo("has a public key that does not belong to its seed");
        var made = SigningSecrets.generate(Signing.Type.ED25519);
        assertThat(SigningSecrets.faultOf(Signing.Type.ED25519, made)).isNull();
    }

    private static String base64(String hex) {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    }

    @Test
    void keysAreOneToFiveWithNamesOfTheirOwn() {
        assertThat(faultsOf("\"signing\": {\"type\": \"HMAC_SHA256\"}"))
                .containsExactly(new FieldFault("endpoint.signing.keys", "must be 1 to 5"));
        var six = "{\"secretRef\": \"k\"},".repeat(6);
        assertThat(faultsOf("\"signing\": {\"keys\": [%s]}".formatted(six.substring(0, six.length() - 1))))
                .containsExactly(new FieldFault("endpoint.signing.keys", "must be 1 to 5"));
        assertThat(faultsOf("\"signing\": {\"type\": \"NONE\", \"keys\": [{\"secretRef\": \"k\"}]}"))
                .containsExactly(new FieldFault(
                        "endpoint.signing.keys", "are not allowed with type NONE; use type HMAC_SHA256 or ED25519"));
        assertThat(faultsOf("\"signing\": {\"keys\": [{\"id\": \"a\", \"secretRef\": \"k\"}, {\"id\": \"a\","
                        + " \"secretRef\": \"l\"}]}"))
                .containsExactly(new FieldFault(
                        "endpoint.signing.keys[1].id", "'a' is used by another key too; give each key its own id"));
        assertThat(faultsOf("\"signing\": {\"keys\": [{\"id\": \"a\"}]}"))
                .containsExactly(new FieldFault("endpoint.signing.keys[0].secret", "is missing; set it or secretRef"));
    }

    @Test
    void headersAreTextByName() {
        var headers = read("\"headers\": {\"X-Tenant\": \"acme, ${user.home} \\\\ a=b\", \"x.y*z'\": \"1\"}")
                .endpoint()
                .orElseThrow()
                .headers();

        // What a caller writes is not an expression, a list or an escape.
        assertThat(headers).containsOnly(Map.entry("X-Tenant", "acme, ${user.home} \\ a=b"), Map.entry("x.y*z'", "1"));
        var settings = TestSubscriptions.least("billing");
        settings.put("gateway.subscriptions.billing.endpoint.headers.\"X-Tenant\"", "acme, b");
        assertThat(TestSubscriptions.read(settings)
                        .get(0)
                        .endpoint()
                        .orElseThrow()
                        .headers())
                .containsOnly(Map.entry("X-Tenant", "acme, b"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host",
                "content-length",
                "Content-Type",
                "Transfer-Encoding",
                "connection",
                "Webhook-Id",
                "ce-id",
                "RocketMQ-Topic",
                "a b",
                "a\\r\\nb",
                ""
            })
    void headersThatBelongToOthersAreRefused(String name) {
        assertThat(faultsOf("\"headers\": {\"%s\": \"x\"}".formatted(name)))
                .singleElement()
                .satisfies(fault -> assertThat(fault.fault())
                        .isIn("is a header that the gateway sets itself", "is not a valid header name"));
    }

    @Test
    void headersAreFewSmallAndOnOneLine() {
        assertThat(faultsOf("\"headers\": {\"X-A\": \"a\\r\\nEvil: x\"}"))
                .containsExactly(new FieldFault("endpoint.headers.X-A", "must be printable ASCII without line breaks"));
        assertThat(faultsOf("\"headers\": {\"X-A\": \"a\", \"x-a\": \"b\"}"))
                .extracting(FieldFault::fault)
                .containsExactly("is set twice, with names that differ only in case; set it once");
        assertThat(faultsOf("\"headers\": {\"X-A\": \"\"}"))
                .containsExactly(new FieldFault("endpoint.headers.X-A", "must be a non-empty string"));
        assertThat(faultsOf(
                        "\"headers\": {\"authorization\": \"x\"}, \"auth\": {\"type\": \"BEARER\", \"token\": \"t\"}"))
                .containsExactly(new FieldFault("endpoint.headers.authorization", "is already set by endpoint.auth"));
        assertThat(faultsOf("\"headers\": " + headers(33, 1)))
                .containsExactly(new FieldFault("endpoint.headers", "has more than 32 entries"));
        assertThat(read("\"headers\": " + headers(32, 1))
                        .endpoint()
                        .orElseThrow()
                        .headers())
                .hasSize(32);
        assertThat(faultsOf("\"headers\": " + headers(8, 1020)))
                .containsExactly(new FieldFault("endpoint.headers", "has more than 8192 bytes"));
        assertThat(read("\"headers\": " + headers(8, 1017))
                        .endpoint()
                        .orElseThrow()
                        .headers())
                .hasSize(8);
    }

    private static String headers(int count, int length) {
        var headers = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < count; i++) {
            headers.put("X-" + (char) ('a' + i % 26) + (i < 26 ? "" : "a"), "x".repeat(length));
        }
        return headers.toString();
    }

    @Test
    void jsonIsTakenStrictly() {
        assertThat(faultsOf(
                        "\"timeout\": 10, \"method\": true, \"tls\": [], \"headers\": [], \"signing\": {\"keys\": {}}"))
                .containsExactlyInAnyOrder(
                        new FieldFault("endpoint.timeout", "must be a string"),
                        new FieldFault("endpoint.method", "must be a string"),
                        new FieldFault("endpoint.tls", "must be an object"),
                        new FieldFault("endpoint.headers", "must be an object whose values are strings"),
                        new FieldFault("endpoint.signing.keys", "must be an array of objects"));
        assertThat(faultsOf("\"timeout\": \"1s\", \"timeout\": \"2s\""))
                .containsExactly(new FieldFault("endpoint.timeout", "is given twice"));
        assertThat(faultsOf("\"tls\": {\"insecureSkipVerify\": \"true\"}"))
                .containsExactly(new FieldFault("endpoint.tls.insecureSkipVerify", "must be true or false"));
        assertThat(faultsOf("\"validation\": \"NONE\", \"auth\": {\"user\": \"u\"}"))
                .allMatch(fault -> fault.fault().startsWith("is not a field of a subscription; "))
                .extracting(FieldFault::field)
                .containsExactlyInAnyOrder("endpoint.validation", "endpoint.auth.user");
        assertThat(read("\"timeout\": null, \"tls\": null, \"headers\": null").endpoint())
                .isEqualTo(read("\"timeout\": \"10s\"").endpoint());
        assertThat(faultsOf("\"timeout\": \"\""))
                .containsExactly(new FieldFault("endpoint.timeout", "must not be empty"));
    }

    @Test
    void whatIsWrittenIsReadAsTheSame() {
        var settings = new HashMap<>(Map.of(
                "retry.schedule", "1s,5m",
                "delivery.rate-per-second", "2.5",
                "endpoint.tls.client-cert-ref", "tls",
                "endpoint.auth.type", "BEARER",
                "endpoint.auth.token-ref", "t",
                "endpoint.signing.keys[0].secret-ref", "k",
                "dead-letter.mode", "TOPIC",
                "dead-letter.topic", "dead",
                "responses.pause", "410,4xx",
                "circuit-breaker.auto-pause-after", "3d"));
        settings.put("endpoint.headers.X-Tenant", "acme");
        var subscription = TestSubscriptions.subscription(
                "billing",
                settings.entrySet().stream()
                        .flatMap(entry -> List.of(entry.getKey(), entry.getValue()).stream())
                        .toArray(String[]::new));

        var written = SubscriptionWriter.write(subscription, SubscriptionWriter.WITHOUT_SECRETS);

        assertThat(SubscriptionDocument.read("billing", written, DocumentSource.CONFIGURATION, 1, new Faults())
                        .createdAt(subscription.createdAt()))
                .isEqualTo(subscription);
    }
}
