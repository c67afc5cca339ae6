package dev.rocketgateway.security.identity;

import io.netty.util.AttributeKey;
import io.netty.util.AttributeMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The token that a connection sent last, and its caller. Most connections send the same token with each request. To compare tokens
 * of 700 characters takes 20 ns, and their SHA-256 640 ns (Java 17).
 *
 * <p>Used on the event loop of the connection.
 */
final class LastToken {

    private static final AttributeKey<LastToken> KEY = AttributeKey.valueOf(LastToken.class, "last-token");

    private final String token;
    private final Identity identity;
    private final long expires;

    private LastToken(String token, Issuer.Verified verified) {
        this.token = token;
        this.identity = verified.identity();
        this.expires = verified.expires().toEpochMilli();
    }

    /**
     * The caller of the token, if the token is the last of the connection and has not expired.
     *
     * @param now milliseconds since the epoch
     */
    static Optional<Identity> find(AttributeMap connection, String token, long now) {
        @Nullable LastToken last = connection.attr(KEY).get();
        return last != null && now < last.expires && last.token.equals(token)
                ? Optional.of(last.identity)
                : Optional.empty();
    }

    /** Makes a verified token the last of the connection. */
    static void remember(AttributeMap connection, String token, Issuer.Verified verified) {
        connection.attr(KEY).set(new LastToken(token, verified));
    }
}
