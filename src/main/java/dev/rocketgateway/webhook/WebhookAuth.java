package dev.rocketgateway.webhook;

import java.net.URI;
import java.util.Optional;

/** How the gateway authenticates to an endpoint, besides its signature and its TLS certificate. */
public sealed interface WebhookAuth {

    /**
     * Calls the method of {@code cases} for this type.
     *
     * @throws X if the called method throws it
     */
    <R, X extends Exception> R match(Cases<R, X> cases) throws X;

    /** The secret of the credentials, if they have one. */
    default Optional<Secret> secret() {
        return match(new Cases<Optional<Secret>, RuntimeException>() {
            @Override
            public Optional<Secret> none() {
                return Optional.empty();
            }

            @Override
            public Optional<Secret> basic(Basic basic) {
                return Optional.of(basic.password());
            }

            @Override
            public Optional<Secret> bearer(Bearer bearer) {
                return Optional.of(bearer.token());
            }

            @Override
            public Optional<Secret> apiKey(ApiKey key) {
                return Optional.of(key.key());
            }

            @Override
            public Optional<Secret> oAuth2(OAuth2 client) {
                return Optional.of(client.clientSecret());
            }
        });
    }

    /**
     * One case for each type. A new type needs a new case, so code that handles the types does not compile until it handles the new
     * type.
     *
     * @param <R> the result of each case
     * @param <X> what a case can throw
     */
    interface Cases<R, X extends Exception> {

        R none() throws X;

        R basic(Basic basic) throws X;

        R bearer(Bearer bearer) throws X;

        R apiKey(ApiKey key) throws X;

        R oAuth2(OAuth2 client) throws X;
    }

    /** The gateway sends no credentials. */
    record None() implements WebhookAuth {

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.none();
        }
    }

    /** User name and password (RFC 7617). */
    record Basic(String username, Secret password) implements WebhookAuth {

        public Basic {
            if (username.indexOf(':') >= 0 || username.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("the username must not contain a colon or a control character");
            }
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.basic(this);
        }
    }

    /** A token (RFC 6750). */
    record Bearer(Secret token) implements WebhookAuth {

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.bearer(this);
        }
    }

    /** A key in a header that the endpoint chooses. */
    record ApiKey(String header, Secret key) implements WebhookAuth {

        public ApiKey {
            HeaderFields.requireOwn(header);
        }

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.apiKey(this);
        }
    }

    /**
     * Client credentials (RFC 6749, section 4.4). The gateway gets a token, and uses it until shortly before it expires.
     *
     * @param audience the parameter {@code audience} of the request for a token, for servers that need it
     */
    record OAuth2(URI tokenUrl, String clientId, Secret clientSecret, Optional<String> scope, Optional<String> audience)
            implements WebhookAuth {

        @Override
        public <R, X extends Exception> R match(Cases<R, X> cases) throws X {
            return cases.oAuth2(this);
        }
    }
}
