package dev.rocketgateway.webhook;

import java.net.URI;
import java.util.Optional;

/** How the gateway authenticates itself to an endpoint, besides its signature and its TLS certificate. */
public sealed interface WebhookAuth {

    /** No authentication. */
    record None() implements WebhookAuth {}

    /** User name and password (RFC 7617). */
    record Basic(String username, Secret password) implements WebhookAuth {

        public Basic {
            if (username.indexOf(':') >= 0 || username.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("the username must not contain a colon or a control character");
            }
        }
    }

    /** A static token (RFC 6750). */
    record Bearer(Secret token) implements WebhookAuth {}

    /** A key in a header of the endpoint's choice. */
    record ApiKey(String header, Secret key) implements WebhookAuth {

        public ApiKey {
            HeaderFields.requireOwn(header);
        }
    }

    /**
     * Client credentials (RFC 6749, 4.4): a token is fetched, and kept until shortly before it expires.
     *
     * @param audience sent as {@code audience}, for servers that need it
     */
    record OAuth2(URI tokenUrl, String clientId, Secret clientSecret, Optional<String> scope, Optional<String> audience)
            implements WebhookAuth {}
}
