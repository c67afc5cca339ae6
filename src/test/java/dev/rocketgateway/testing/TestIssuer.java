package dev.rocketgateway.testing;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/** An issuer of tokens with OpenID Connect Discovery and keys (JWKS) over HTTP, which can be down and change its keys. */
public final class TestIssuer implements AutoCloseable {

    public static final String AUDIENCE = "rocketmq-http-gateway";

    private static final int KEY_BITS = 2048;

    private final int port;
    private final AtomicInteger keyRequests = new AtomicInteger();
    private @Nullable HttpServer server;
    private volatile PublicJsonWebKey key = Rsa.KEY;
    private volatile @Nullable String requiredToken;
    private volatile @Nullable String insteadOfKeys;
    private volatile boolean stalls;

    /** Takes a while to make, so all issuers begin with the same one. */
    private static final class Rsa {
        private static final PublicJsonWebKey KEY = named(() -> RsaJwkGenerator.generateJwk(KEY_BITS));
    }

    private TestIssuer(int port) {
        this.port = port;
    }

    public static TestIssuer start() {
        var issuer = down();
        issuer.up();
        return issuer;
    }

    /** One that is not there yet. */
    public static TestIssuer down() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new TestIssuer(socket.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void up() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        serve("/.well-known/openid-configuration", () -> """
                {"issuer":"%s","jwks_uri":"%s/keys"}""".formatted(url(), url()));
        serve("/keys", () -> {
            keyRequests.incrementAndGet();
            return insteadOfKeys == null ? jwks() : insteadOfKeys;
        });
        server.start();
    }

    private void serve(String path, Supplier<String> document) {
        server.createContext(path, exchange -> {
            boolean allowed = requiredToken == null
                    || ("Bearer " + requiredToken)
                            .equals(exchange.getRequestHeaders().getFirst("Authorization"));
            byte[] body = document.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(allowed ? 200 : 401, body.length);
            if (stalls) {
                exchange.getResponseBody().flush();
                return;
            }
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    /** Serves this instead of its keys. */
    public void serveInsteadOfKeys(String text) {
        insteadOfKeys = text;
    }

    /** Begins to answer requests for its keys, and never ends. */
    public void stallAfterTheHead() {
        stalls = true;
    }

    /** Serves its keys only to callers with this token. */
    public void requireToken(String token) {
        requiredToken = token;
    }

    public void goDown() {
        if (server != null) {
            server.stop(0);
            server = null;
        }
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Its current keys. */
    public String jwks() {
        return new JsonWebKeySet(key).toJson(OutputControlLevel.PUBLIC_ONLY);
    }

    public PublicJsonWebKey key() {
        return key;
    }

    /** How often its keys were fetched. */
    public int keyRequests() {
        return keyRequests.get();
    }

    /** Signs with a new key from now on, and shows only that. */
    public void rotateKey() {
        key = anotherKey();
    }

    /** A key of nobody. */
    public static PublicJsonWebKey anotherKey() {
        return named(() -> EcJwkGenerator.generateJwk(EllipticCurves.P256));
    }

    private interface Generator {
        PublicJsonWebKey generate() throws JoseException;
    }

    private static PublicJsonWebKey named(Generator generator) {
        try {
            var key = generator.generate();
            key.setKeyId(UUID.randomUUID().toString());
            return key;
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A valid token. */
    public String token(String subject, String... roles) {
        return token(subject, List.of(roles), claims -> {});
    }

    public String token(String subject, List<String> roles, Consumer<JwtClaims> change) {
        var claims = new JwtClaims();
        claims.setIssuer(url());
        claims.setSubject(subject);
        claims.setAudience(AUDIENCE);
        claims.setExpirationTimeMinutesInTheFuture(10);
        claims.setIssuedAtToNow();
        claims.setClaim("roles", new ArrayList<>(roles));
        change.accept(claims);
        return sign(claims, key);
    }

    public static String sign(JwtClaims claims, PublicJsonWebKey key) {
        var token = new JsonWebSignature();
        token.setPayload(claims.toJson());
        token.setKey(key.getPrivateKey());
        token.setKeyIdHeaderValue(key.getKeyId());
        token.setAlgorithmHeaderValue(
                key.getKeyType().equals("RSA")
                        ? AlgorithmIdentifiers.RSA_USING_SHA256
                        : AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);
        try {
            return token.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The settings with which a gateway accepts its tokens. */
    public Map<String, String> settings(String name) {
        return Map.of(
                "gateway.security.issuers." + name + ".url",
                url(),
                "gateway.security.issuers." + name + ".audience",
                AUDIENCE);
    }

    @Override
    public void close() {
        goDown();
    }
}
