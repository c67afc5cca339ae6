package dev.rocketgateway.security.identity;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.message.WatchedFile;
import dev.rocketgateway.security.SecurityConfig;
import java.io.IOException;
import java.security.Key;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * Provides the public keys of one issuer: from a file, a URL, or the URL that OpenID Connect Discovery names. Reads the keys when
 * the first token needs them, so the issuer may be down while the gateway starts. Reads the keys again for a token with an unknown
 * key. Keys stay in use while the issuer is down. Thread-safe; blocks.
 */
final class IssuerKeys implements VerificationKeyResolver {

    /** Minimum time between two reads of the keys because of tokens with unknown keys. */
    private static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    private static final Duration KEEP_WHILE_DOWN = Duration.ofDays(7);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SecurityConfig.IssuerConfig config;
    private final IssuerHttp http;
    private final Optional<WatchedFile> file;
    private @Nullable VerificationKeyResolver remote;
    private String fileContent = "";
    private @Nullable VerificationKeyResolver ofFile;

    IssuerKeys(SecurityConfig.IssuerConfig config, IssuerHttp http) {
        this.config = config;
        this.http = http;
        this.file = config.jwksFile().map(WatchedFile::of);
    }

    /**
     * Finds the key that verifies the signature of the token.
     *
     * @throws UnresolvableKeyException if the issuer does not have the key of the token; with an {@link IOException} as its cause
     *     if the keys cannot be read
     */
    @Override
    public Key resolveKey(JsonWebSignature token, List<JsonWebStructure> nesting) throws UnresolvableKeyException {
        try {
            return resolver().resolveKey(token, nesting);
        } catch (UnresolvableKeyException e) {
            // Without a cause, the keys were read, and the key of the token is not among them.
            throw e.getCause() == null ? e : unreadable(e.getCause());
        } catch (IOException | IllegalArgumentException | ClassCastException e) {
            throw unreadable(e);
        }
    }

    private static UnresolvableKeyException unreadable(Throwable cause) {
        return new UnresolvableKeyException(
                "the keys cannot be read", cause instanceof IOException io ? io : new IOException(cause));
    }

    private synchronized VerificationKeyResolver resolver() throws IOException {
        if (file.isPresent()) {
            return ofFile(file.get());
        }
        if (remote == null) {
            var keys = new HttpsJwks(
                    config.jwksUrl().isPresent() ? config.jwksUrl().get() : discover());
            keys.setSimpleHttpGet(http);
            keys.setRefreshReprieveThreshold(ASK_AGAIN.toMillis());
            keys.setRetainCacheOnErrorDuration(KEEP_WHILE_DOWN.toSeconds());
            remote = new HttpsJwksVerificationKeyResolver(keys);
        }
        return remote;
    }

    private VerificationKeyResolver ofFile(WatchedFile keys) throws IOException {
        var content = keys.content();
        if (ofFile == null || !content.equals(fileContent)) {
            try {
                ofFile = new JwksVerificationKeyResolver(new JsonWebKeySet(content).getJsonWebKeys());
            } catch (JoseException e) {
                throw new IOException(
                        "%s is not a JWKS".formatted(config.jwksFile().orElseThrow()), e);
            }
            fileContent = content;
        }
        return ofFile;
    }

    /** Finds the URL of the keys (OpenID Connect Discovery 1.0, section 4). */
    private String discover() throws IOException {
        var issuer = config.url();
        var document = JSON.readTree(
                http.get((issuer.endsWith("/") ? issuer : issuer + "/") + ".well-known/openid-configuration")
                        .getBody());
        if (!document.path("issuer").asText().equals(issuer)) {
            throw new IOException("the discovery document of %s names another issuer".formatted(issuer));
        }
        var keys = document.path("jwks_uri").asText();
        if (!IssuerHttp.isSafe(keys)) {
            throw new IOException("the discovery document of %s has no jwks_uri with https".formatted(issuer));
        }
        return keys;
    }
}
