package dev.rocketgateway.security.identity;

import dev.rocketgateway.security.Principal;
import dev.rocketgateway.security.SecurityConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jspecify.annotations.Nullable;

/** Verifies the tokens (JWT, RFC 7519) of one issuer: signature, issuer, audience and time. Thread-safe; blocks. */
final class Issuer {

    private static final int CLOCK_SKEW_SECONDS = 30;

    /**
     * The accepted algorithms: only signatures with a private key. With HMAC, everybody who knows the public key could create
     * tokens.
     */
    private static final String[] ALGORITHMS = {
        AlgorithmIdentifiers.RSA_USING_SHA256,
        AlgorithmIdentifiers.RSA_USING_SHA384,
        AlgorithmIdentifiers.RSA_USING_SHA512,
        AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
        AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
        AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
        AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
        AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
        AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512,
        AlgorithmIdentifiers.EDDSA
    };

    /**
     * Claims that are one string with spaces between the values (RFC 8693, section 4.2). In other claims, a space is part of the
     * value.
     */
    private static final Set<String> LISTS_IN_A_STRING = Set.of("scope", "scp");

    private final String name;
    private final SecurityConfig.IssuerConfig config;
    private final Roles roles;
    private final JwtConsumer consumer;

    /** A verified token. */
    record Verified(Identity identity, Instant expires) {}

    /**
     * @param name name of the issuer in the settings
     * @throws ConfigurationException if a URL is not safe, or both a URL and a file with keys are set
     */
    Issuer(String name, SecurityConfig.IssuerConfig config, Roles roles) {
        this.name = name;
        this.config = config;
        this.roles = roles;
        var setting = "gateway.security.issuers." + name;
        if (config.jwksUrl().isPresent() && config.jwksFile().isPresent()) {
            throw new ConfigurationException(
                    "Set only one of `%1$s.jwks-url` and `%1$s.jwks-file`.".formatted(setting));
        }
        if (config.jwksUrl().isPresent()) {
            requireSafe(setting + ".jwks-url", config.jwksUrl().get());
        } else if (config.jwksFile().isEmpty()) {
            requireSafe(setting + ".url", config.url());
        }
        this.consumer = new JwtConsumerBuilder()
                .setRequireExpirationTime()
                .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
                .setExpectedIssuer(config.url())
                .setExpectedAudience(config.audience().toArray(String[]::new))
                .setVerificationKeyResolver(new IssuerKeys(config, new IssuerHttp(config)))
                .setJwsAlgorithmConstraints(ConstraintType.PERMIT, ALGORITHMS)
                .build();
    }

    private static void requireSafe(String setting, String url) {
        if (!IssuerHttp.isSafe(url)) {
            throw new ConfigurationException(
                    "`%s` must be a URL with https. Without TLS, an attacker in the network can replace the keys and make tokens. A URL with http is allowed only on this host, such as http://localhost."
                            .formatted(setting));
        }
    }

    String url() {
        return config.url();
    }

    /**
     * Verifies a token and finds its caller.
     *
     * @param token the token, parsed but not verified
     */
    Verified verify(JwtContext token) throws InvalidCredentialsException, KeysUnavailableException {
        try {
            consumer.processContext(token);
            var claims = token.getJwtClaims();
            var caller = claims.getStringClaimValue(config.principalClaim());
            if (caller == null || caller.isEmpty()) {
                throw new InvalidCredentialsException("the token has no claim %s".formatted(config.principalClaim()));
            }
            return new Verified(
                    new Identity(new Principal(Principal.Kind.TOKEN, name + "/" + caller), roles.of(rolesIn(claims))),
                    Instant.ofEpochMilli(claims.getExpirationTime().getValueInMillis()));
        } catch (InvalidJwtException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof IOException unreadable) {
                    throw new KeysUnavailableException(name, unreadable);
                }
            }
            throw new InvalidCredentialsException(reason(e));
        } catch (MalformedClaimException | ArithmeticException e) {
            throw new InvalidCredentialsException("a claim of the token has the wrong type");
        }
    }

    private static String reason(InvalidJwtException e) {
        if (e.hasExpired()) {
            return "the token has expired";
        }
        if (e.hasErrorCode(ErrorCodes.NOT_YET_VALID)) {
            return "the token is not valid yet";
        }
        if (e.hasErrorCode(ErrorCodes.AUDIENCE_INVALID) || e.hasErrorCode(ErrorCodes.AUDIENCE_MISSING)) {
            return "the token is for another audience";
        }
        if (e.hasErrorCode(ErrorCodes.EXPIRATION_MISSING)) {
            return "the token has no expiration time";
        }
        return "the token has no valid signature of its issuer";
    }

    /** The roles in the claim that the settings name; empty if the token does not have this claim. */
    private Collection<String> rolesIn(JwtClaims claims) {
        var name = config.rolesClaim();
        Object value = claims.getClaimsMap().get(name);
        if (value == null) {
            value = claims.getClaimsMap();
            for (var part : name.split("/")) {
                value = value instanceof Map<?, ?> object ? object.get(part) : null;
            }
        }
        return strings(value, LISTS_IN_A_STRING.contains(name));
    }

    private static Collection<String> strings(@Nullable Object value, boolean withSpaces) {
        if (value instanceof String text) {
            return withSpaces ? Arrays.asList(text.split(" ")) : List.of(text);
        }
        var strings = new ArrayList<String>();
        if (value instanceof List<?> list) {
            list.forEach(item -> strings.add(String.valueOf(item)));
        }
        return strings;
    }
}
