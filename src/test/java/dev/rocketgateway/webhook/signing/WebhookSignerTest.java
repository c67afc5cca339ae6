package dev.rocketgateway.webhook.signing;

import static dev.rocketgateway.testing.HostileEndpoint.answering;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.rocketgateway.testing.HostileEndpoint;
import dev.rocketgateway.webhook.SecretUnavailableException;
import dev.rocketgateway.webhook.SigningKey;
import dev.rocketgateway.webhook.SigningKey.Algorithm;
import dev.rocketgateway.webhook.TestWebhooks;
import dev.rocketgateway.webhook.WebhookAuth;
import dev.rocketgateway.webhook.WebhookEndpoint;
import dev.rocketgateway.webhook.WebhookOutcome.Cause;
import dev.rocketgateway.webhook.WebhookOutcome.Withheld;
import dev.rocketgateway.webhook.WebhookTls;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookSignerTest {

    private static final String HMAC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String ED25519 = "whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=";
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(UTF_8);
    private static final Instant TIME = Instant.ofEpochSecond(1614265330);
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";

    private static SigningKey key(String secret) {
        return key(secret, Optional.empty());
    }

    private static SigningKey key(String secret, Optional<Instant> notAfter) {
        return new SigningKey(
                "k1", secret.startsWith("whsk_") ? Algorithm.ED25519 : Algorithm.HMAC_SHA256, () -> secret, notAfter);
    }

    /** Of the libraries in the specification's repository: JavaScript for v1, Go for v1a. */
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                HMAC + ",\"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=\"",
                ED25519
                        + ",\"v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==\""
            })
    void signsAsTheSpecificationDoes(String secret, String signature) throws Exception {
        assertThat(WebhookSigner.sign(List.of(key(secret)), ID, TIME, BODY)).isEqualTo(signature);
    }

    @Test
    void signsWithTheNewSecretAtOnceWhenTheSecretChanges() throws Exception {
        var secret = new String[] {SigningKeys.generate(Algorithm.HMAC_SHA256)};
        var changing = List.of(new SigningKey("k1", Algorithm.HMAC_SHA256, () -> secret[0], Optional.empty()));
        var before = WebhookSigner.sign(changing, ID, TIME, BODY);
        assertThat(WebhookSigner.sign(changing, ID, TIME, BODY)).isEqualTo(before);

        secret[0] = HMAC;

        assertThat(WebhookSigner.sign(changing, ID, TIME, BODY))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void signsWithEveryKeyThatIsNotPastItsTime() throws Exception {
        var old = key(SigningKeys.generate(Algorithm.HMAC_SHA256), Optional.of(TIME.plusSeconds(1)));
        var expired = key(SigningKeys.generate(Algorithm.HMAC_SHA256), Optional.of(TIME));

        var signatures = WebhookSigner.sign(List.of(expired, key(HMAC), old, key(ED25519)), ID, TIME, BODY);

        assertThat(signatures.split(" "))
                .hasSize(3)
                .satisfiesExactly(
                        one -> assertThat(one).startsWith("v1,g0hM9SsE"),
                        two -> assertThat(two).startsWith("v1,"),
                        three -> assertThat(three).startsWith("v1a,"));
    }

    @Test
    void signsNothingWhenEveryKeyIsPastItsTime() {
        assertThatExceptionOfType(SecretUnavailableException.class)
                .isThrownBy(() -> WebhookSigner.sign(List.of(key(HMAC, Optional.of(TIME))), ID, TIME, BODY));
    }

    @Test
    void makesKeysThatVerifyWhatTheySign() throws Exception {
        var secret = SigningKeys.generate(Algorithm.ED25519);
        var text = SigningKeys.publicKey(secret);
        assertThat(text).startsWith("whpk_");
        var raw = Base64.getDecoder().decode(text.substring(5));

        var signature = WebhookSigner.sign(List.of(key(secret)), ID, TIME, BODY).substring("v1a,".length());

        // The fixed beginning of such a key in X.509 (RFC 8410).
        var encoded = HexFormat.of()
                .parseHex("302a300506032b6570032100" + HexFormat.of().formatHex(raw));
        var verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded)));
        verifier.update((ID + "." + TIME.getEpochSecond() + ".").getBytes(UTF_8));
        verifier.update(BODY);
        assertThat(verifier.verify(Base64.getDecoder().decode(signature))).isTrue();
    }

    /** RFC 8032, 7.1, tests 1 and 2. */
    @ParameterizedTest
    @CsvSource({
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60, d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb, 3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    })
    void derivesThePublicKey(String seed, String publicKey) {
        var bytes = HexFormat.of().parseHex(publicKey);
        var short32 =
                "whsk_" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(seed));
        var long64 = "whsk_" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(seed + publicKey));

        assertThat(SigningKeys.publicKey(short32))
                .isEqualTo("whpk_" + Base64.getEncoder().encodeToString(bytes));
        assertThat(SigningKeys.publicKey(long64)).isEqualTo(SigningKeys.publicKey(short32));
    }

    @Test
    void refusesMalformedSecrets() {
        var seed = new byte[32];
        var mixed = Base64.getEncoder().encodeToString(Arrays.copyOf(seed, 64));
        for (var text : List.of("", "secret", HMAC, "whsk_", "whsk_AAAA", "whsk_***", "whsk_" + mixed)) {
            assertThatIllegalArgumentException()
                    .as(text)
                    .isThrownBy(() -> SigningKeys.requireLegal(Algorithm.ED25519, text));
        }
        for (var text : List.of("", "secret", ED25519, "whsec_", "whsec_AAAA", "whsec_***")) {
            assertThatIllegalArgumentException()
                    .as(text)
                    .isThrownBy(() -> SigningKeys.requireLegal(Algorithm.HMAC_SHA256, text))
                    .withMessageNotContaining("***");
        }
        assertThatCode(() ->
                        SigningKeys.requireLegal(Algorithm.HMAC_SHA256, SigningKeys.generate(Algorithm.HMAC_SHA256)))
                .doesNotThrowAnyException();
    }

    private static WebhookEndpoint signing(HostileEndpoint endpoint, SigningKey... keys) {
        return new WebhookEndpoint(
                endpoint.url(),
                WebhookEndpoint.Method.POST,
                false,
                Map.of(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                WebhookTls.ofTheJvm(),
                new WebhookAuth.None(),
                List.of(keys));
    }

    @Test
    void isVerifiedByTheOfficialLibraryDuringARotation() throws Exception {
        var older = SigningKeys.generate(Algorithm.HMAC_SHA256);
        var newer = SigningKeys.generate(Algorithm.HMAC_SHA256);
        var other = SigningKeys.generate(Algorithm.HMAC_SHA256);
        try (var endpoint = HostileEndpoint.behaving(answering(200));
                var webhooks = TestWebhooks.usual()) {
            var tomorrow = Instant.now().plus(Duration.ofDays(1));
            webhooks.send(
                    signing(endpoint, key(newer), key(older, Optional.of(tomorrow))),
                    TestWebhooks.message("{\"order\": 42}"));

            var request = endpoint.requests().get(0);
            Map<String, List<String>> headers = Map.of(
                    "webhook-id", List.of(request.header("webhook-id")),
                    "webhook-timestamp", List.of(request.header("webhook-timestamp")),
                    "webhook-signature", List.of(request.header("webhook-signature")));
            new Webhook(newer).verify(request.text(), headers);
            new Webhook(older).verify(request.text(), headers);
            assertThatThrownBy(() -> new Webhook(other).verify(request.text(), headers))
                    .isInstanceOf(WebhookVerificationException.class);
            assertThatThrownBy(() -> new Webhook(newer).verify("{\"order\": 43}", headers))
                    .isInstanceOf(WebhookVerificationException.class);
        }
    }

    @Test
    void sendsNothingWithoutTheSecret() {
        var missing = new SigningKey(
                "k1",
                Algorithm.HMAC_SHA256,
                () -> {
                    throw new SecretUnavailableException("file /secrets/k1 is not there");
                },
                Optional.empty());
        try (var endpoint = HostileEndpoint.behaving(answering(200));
                var webhooks = TestWebhooks.usual()) {
            assertThat(webhooks.send(signing(endpoint, missing)))
                    .isEqualTo(new Withheld(Cause.SECRET_MISSING, "file /secrets/k1 is not there"));
            assertThat(webhooks.send(signing(endpoint, key("whsec_AAAA"))))
                    .isEqualTo(new Withheld(
                            Cause.SECRET_MISSING,
                            "signing key k1: an HMAC secret must have 24 to 64 bytes, but this one has 3"));
            assertThat(endpoint.connections()).isZero();
        }
    }
}
