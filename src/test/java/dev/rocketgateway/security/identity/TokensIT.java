package dev.rocketgateway.security.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.security.AuditLog;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;
import dev.rocketgateway.testing.TestIssuer;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against an issuer with its keys over HTTP. */
class TokensIT {

    private static final TopicName ORDERS = new TopicName("orders-1");

    private final TestIssuer issuer = TestIssuer.down();

    @TempDir
    private Path directory;

    @AfterEach
    void stop() {
        issuer.close();
    }

    private Tokens tokens(String... more) {
        var settings = new HashMap<>(issuer.settings("corp"));
        settings.put("gateway.security.rules.orders.publish", "orders-*");
        for (int i = 0; i < more.length; i += 2) {
            settings.put("gateway.security.issuers.corp." + more[i], more[i + 1]);
        }
        var config = TestSecurity.config(settings);
        return new Tokens(config.issuers(), new Roles(config.rules()));
    }

    private static Identity verify(Tokens tokens, String token) throws Exception {
        return tokens.verify(ApiKey.hash(token), token).identity();
    }

    private static boolean mayPublish(Identity identity) {
        return new Caller(identity.principal(), identity.grants(), "a", new AuditLog()).may(Permission.PUBLISH, ORDERS);
    }

    @Test
    void knowsTheCallerAndItsRoles() throws Exception {
        issuer.up();

        var identity = verify(tokens(), issuer.token("alice", "orders", "of-another-service"));

        assertThat(identity.principal()).hasToString("token:corp/alice");
        assertThat(mayPublish(identity)).isTrue();
    }

    @Test
    void remembersAVerifiedTokenAndNoOther() throws Exception {
        issuer.up();
        var tokens = tokens();
        var token = issuer.token("alice", "orders");
        assertThat(tokens.remembered(ApiKey.hash(token))).isEmpty();

        verify(tokens, token);

        assertThat(tokens.remembered(ApiKey.hash(token))).isPresent();
        assertThat(tokens.remembered(ApiKey.hash(token + "x"))).isEmpty();
    }

    private static JwtClaims parse(String token) {
        try {
            return JwtClaims.parse(
                    new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8));
        } catch (InvalidJwtException e) {
            throw new IllegalStateException(e);
        }
    }

    private String unsigned() throws Exception {
        var token = new JsonWebSignature();
        token.setPayload(parse(issuer.token("mallory", "orders")).toJson());
        token.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        token.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
        return token.getCompactSerialization();
    }

    /** Signed with what everybody knows: the public key, as if it were a shared secret. */
    private String signedWithThePublicKey(byte[] secret) throws Exception {
        var token = new JsonWebSignature();
        token.setPayload(parse(issuer.token("mallory", "orders")).toJson());
        token.setKey(new HmacKey(secret));
        token.setKeyIdHeaderValue(issuer.key().getKeyId());
        token.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
        return token.getCompactSerialization();
    }

    @Test
    void acceptsNoTokenWithoutASignatureOfAPrivateKey() throws Exception {
        issuer.up();
        var tokens = tokens();
        var pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(issuer.key().getPublicKey().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";

        for (var token : List.of(
                unsigned(),
                signedWithThePublicKey(issuer.key().getPublicKey().getEncoded()),
                signedWithThePublicKey(pem.getBytes(StandardCharsets.UTF_8)))) {
            assertThatThrownBy(() -> verify(tokens, token))
                    .isInstanceOf(InvalidCredentialsException.class)
                    .hasMessage("the token has no valid signature of its issuer");
        }
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("the issuer of the token is not known", claims -> claims.setIssuer("https://other.example")),
                fault("the issuer of the token is not known", claims -> claims.unsetClaim("iss")),
                fault("the token is for another audience", claims -> claims.setAudience("other")),
                fault("the token is for another audience", claims -> claims.unsetClaim("aud")),
                fault(
                        "the token has expired",
                        claims -> claims.setExpirationTime(
                                NumericDate.fromSeconds(NumericDate.now().getValue() - 60))),
                fault("the token has no expiration time", claims -> claims.unsetClaim("exp")),
                fault(
                        "the token is not valid yet",
                        claims -> claims.setNotBefore(
                                NumericDate.fromSeconds(NumericDate.now().getValue() + 60))),
                fault("the token has no claim sub", claims -> claims.unsetClaim("sub")));
    }

    private static Arguments fault(String reason, Consumer<JwtClaims> change) {
        return Arguments.of(reason, change);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void saysWhatIsWrongWithAToken(String reason, Consumer<JwtClaims> change) {
        issuer.up();

        assertThatThrownBy(() -> verify(tokens(), issuer.token("alice", List.of("orders"), change)))
                .isInstanceOf(InvalidCredentialsException.class)
                .hasMessage(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a.b", "a.b.c", "....", "e30.e30.e30", "eyJhbGciOiJub25lIn0.e30."})
    void refusesWhatIsNoToken(String text) {
        issuer.up();

        assertThatThrownBy(() -> verify(tokens(), text)).isInstanceOf(InvalidCredentialsException.class);
    }

    @Test
    void refusesTheTokenOfAnotherKey() {
        issuer.up();
        var forged = TestIssuer.sign(parse(issuer.token("alice", "orders")), TestIssuer.anotherKey());

        assertThatThrownBy(() -> verify(tokens(), forged))
                .isInstanceOf(InvalidCredentialsException.class)
                .hasMessage("the token has no valid signature of its issuer");
    }

    @Test
    void refusesTheTokenOfAnotherKeyUnderTheIdOfTheRealOne() {
        issuer.up();
        var other = TestIssuer.anotherKey();
        other.setKeyId(issuer.key().getKeyId());
        var forged = TestIssuer.sign(parse(issuer.token("alice", "orders")), other);

        assertThatThrownBy(() -> verify(tokens(), forged))
                .isInstanceOf(InvalidCredentialsException.class)
                .hasMessage("the token has no valid signature of its issuer");
    }

    @Test
    void acceptsTokensAsSoonAsAnIssuerIsUpThatWasDownAtTheStart() throws Exception {
        var tokens = tokens();
        var token = issuer.token("alice", "orders");
        assertThatThrownBy(() -> verify(tokens, token)).isInstanceOf(KeysUnavailableException.class);
        assertThatThrownBy(() -> verify(tokens, token)).isInstanceOf(KeysUnavailableException.class);

        issuer.up();

        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> mayPublish(verify(tokens, token)));
    }

    @Test
    void keepsTheKeysOfAnIssuerThatGoesDown() throws Exception {
        issuer.up();
        var tokens = tokens();
        verify(tokens, issuer.token("alice", "orders"));

        issuer.goDown();

        assertThat(mayPublish(verify(tokens, issuer.token("bob", "orders")))).isTrue();
    }

    @Test
    void acceptsTheNewKeyOfAnIssuerAndNoLongerTheOld() throws Exception {
        issuer.up();
        var tokens = tokens();
        verify(tokens, issuer.token("alice", "orders"));
        var old = issuer.token("bob", "orders");

        issuer.rotateKey();

        var next = issuer.token("alice", "orders");
        await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(() -> mayPublish(verify(tokens, next)));
        assertThatThrownBy(() -> verify(tokens, old)).isInstanceOf(InvalidCredentialsException.class);
    }

    @Test
    void doesNotAskTheIssuerForEachUnknownKey() throws Exception {
        issuer.up();
        var tokens = tokens();
        verify(tokens, issuer.token("alice", "orders"));
        int before = issuer.keyRequests();
        var forged = TestIssuer.sign(parse(issuer.token("alice", "orders")), TestIssuer.anotherKey());
        for (int i = 0; i < 50; i++) {
            assertThatThrownBy(() -> verify(tokens, forged)).isInstanceOf(InvalidCredentialsException.class);
        }

        // A second one can be due while this runs.
        assertThat(issuer.keyRequests() - before).isLessThanOrEqualTo(2);
    }

    /** The claims of a token that Kubernetes projects into a pod; it has no roles. */
    @Test
    void acceptsTheServiceAccountsOfACluster() throws Exception {
        issuer.up();
        issuer.requireToken("of-the-gateway");
        var tokenFile = Files.writeString(directory.resolve("token"), "of-the-gateway\n");
        var config = TestSecurity.config(Map.of(
                "gateway.security.issuers.cluster.url",
                issuer.url(),
                "gateway.security.issuers.cluster.audience",
                TestIssuer.AUDIENCE,
                "gateway.security.issuers.cluster.token-file",
                tokenFile.toString(),
                "gateway.security.issuers.cluster.roles-claim",
                "sub",
                "gateway.security.rules.\"system:serviceaccount:shop:order-service\".publish",
                "orders-*"));
        var tokens = new Tokens(config.issuers(), new Roles(config.rules()));
        var token = issuer.token("system:serviceaccount:shop:order-service", List.of(), claims -> {
            claims.unsetClaim("roles");
            claims.setAudience(List.of(TestIssuer.AUDIENCE));
            claims.setNotBeforeMinutesInThePast(0);
            claims.setClaim(
                    "kubernetes.io",
                    Map.of(
                            "namespace", "shop",
                            "pod", Map.of("name", "order-service-7d9f", "uid", "1"),
                            "serviceaccount", Map.of("name", "order-service", "uid", "2")));
        });

        assertThat(mayPublish(verify(tokens, token))).isTrue();
    }

    @Test
    void readsKeysFromAFileThatCanChange() throws Exception {
        var file = Files.writeString(directory.resolve("jwks.json"), issuer.jwks());
        var tokens = tokens("jwks-file", file.toString());
        assertThat(mayPublish(verify(tokens, issuer.token("alice", "orders")))).isTrue();

        issuer.rotateKey();
        Files.writeString(file, issuer.jwks());

        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> mayPublish(verify(tokens, issuer.token("alice", "orders"))));
    }

    @Test
    void findsRolesInAnObjectAndInAStringWithSpaces() throws Exception {
        issuer.up();

        assertThat(mayPublish(verify(
                        tokens("roles-claim", "realm_access/roles"),
                        issuer.token(
                                "a",
                                List.of(),
                                claims -> claims.setClaim("realm_access", Map.of("roles", List.of("x", "orders")))))))
                .isTrue();
        assertThat(mayPublish(verify(
                        tokens("roles-claim", "scope"),
                        issuer.token("b", List.of(), claims -> claims.setClaim("scope", "openid orders")))))
                .isTrue();
        assertThat(mayPublish(verify(tokens("roles-claim", "none/of/these"), issuer.token("c", "orders"))))
                .isFalse();
    }

    @Test
    void takesARoleWithASpaceForOneRole() throws Exception {
        issuer.up();
        var tokens = tokens("roles-claim", "sub");

        assertThat(mayPublish(verify(tokens, issuer.token("orders")))).isTrue();
        assertThat(mayPublish(verify(tokens, issuer.token("mallory orders")))).isFalse();
    }

    @Test
    void findsRolesInAClaimWhoseNameIsAUrl() throws Exception {
        issuer.up();
        var name = "https://example.com/roles";

        assertThat(mayPublish(verify(
                        tokens("roles-claim", name),
                        issuer.token("a", List.of(), claims -> claims.setClaim(name, List.of("orders"))))))
                .isTrue();
    }

    @Test
    void refusesAnExpirationThatIsNoTime() {
        issuer.up();

        assertThatThrownBy(() ->
                        verify(tokens(), issuer.token("a", List.of("orders"), claims -> claims.setClaim("exp", 1e300))))
                .isInstanceOf(InvalidCredentialsException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>log in</html>", "", "{}", "[]", "{\"keys\":1}"})
    void saysThatKeysCannotBeReadIfTheyAreNone(String document) {
        issuer.up();
        issuer.serveInsteadOfKeys(document);

        assertThatThrownBy(() -> verify(tokens(), issuer.token("a", "orders")))
                .isInstanceOf(KeysUnavailableException.class);
    }

    @Test
    @Timeout(30)
    void doesNotWaitForAnIssuerThatStalls() {
        issuer.up();
        issuer.stallAfterTheHead();

        assertThatThrownBy(() -> verify(tokens(), issuer.token("a", "orders")))
                .isInstanceOf(KeysUnavailableException.class);
    }

    @Test
    void readsNoEndlessKeys() {
        issuer.up();
        issuer.serveInsteadOfKeys(" ".repeat(1 << 21));

        assertThatThrownBy(() -> verify(tokens(), issuer.token("a", "orders")))
                .isInstanceOf(KeysUnavailableException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://issuer.example", "ftp://127.0.0.1", "issuer", ""})
    void refusesAnIssuerWhoseKeysOthersCouldReplace(String url) {
        assertThatThrownBy(() -> tokens("jwks-url", url.isEmpty() ? "https:///" : url))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("`gateway.security.issuers.corp.jwks-url` must be a URL with https");
    }
}
