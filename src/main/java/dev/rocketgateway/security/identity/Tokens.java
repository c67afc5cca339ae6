package dev.rocketgateway.security.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.rocketgateway.security.SecurityConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;

/**
 * Finds the caller that a token belongs to. A verified token is remembered by its SHA-256 until it expires, because verifying a
 * signature costs as much as publishing a message. Thread-safe.
 */
final class Tokens {

    private static final int MAX_REMEMBERED = 10_000;

    /** Maximum length of a token. Tokens of common issuers are much shorter. */
    private static final int MAX_LENGTH = 16 * 1024;

    private static final JwtConsumer PARSER = new JwtConsumerBuilder()
            .setSkipAllValidators()
            .setSkipSignatureVerification()
            .setDisableRequireSignature()
            .build();

    private final Map<String, Issuer> byUrl = new HashMap<>();

    private final Cache<ByteBuffer, Issuer.Verified> verified = Caffeine.newBuilder()
            .maximumSize(MAX_REMEMBERED)
            // By default the cache wakes another thread for its upkeep after every 16 reads, and after each write.
            .executor(Runnable::run)
            .expireAfter(Expiry.<ByteBuffer, Issuer.Verified>creating(
                    (hash, token) -> positive(Duration.between(Instant.now(), token.expires()))))
            .build();

    /**
     * @throws ConfigurationException if the settings of an issuer are invalid, or two issuers have the same URL
     */
    Tokens(Map<String, SecurityConfig.IssuerConfig> issuers, Roles roles) {
        issuers.forEach((name, config) -> {
            var issuer = new Issuer(name, config, roles);
            if (byUrl.put(issuer.url(), issuer) != null) {
                throw new ConfigurationException(
                        "`gateway.security.issuers.%s.url` is the URL of another issuer too.".formatted(name));
            }
        });
    }

    private static Duration positive(Duration left) {
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** The caller of a token that was verified before and has not expired. Never blocks. */
    Optional<Issuer.Verified> remembered(ByteBuffer hash) {
        return Optional.ofNullable(verified.getIfPresent(hash));
    }

    /**
     * Verifies a token. Blocks: the keys of the issuer may have to be fetched.
     *
     * @param hash SHA-256 of the token
     */
    Issuer.Verified verify(ByteBuffer hash, String token) throws InvalidCredentialsException, KeysUnavailableException {
        var context = parse(token);
        var issuer = byUrl.get(String.valueOf(context.getJwtClaims().getClaimValue("iss")));
        if (issuer == null) {
            throw new InvalidCredentialsException("the issuer of the token is not known");
        }
        var found = issuer.verify(context);
        verified.put(hash, found);
        return found;
    }

    private static JwtContext parse(String token) throws InvalidCredentialsException {
        if (token.length() > MAX_LENGTH) {
            throw new InvalidCredentialsException("the token is longer than %d characters".formatted(MAX_LENGTH));
        }
        try {
            return PARSER.process(token);
        } catch (InvalidJwtException e) {
            throw new InvalidCredentialsException("this is neither an API key of this gateway nor a token (JWT)");
        }
    }
}
