package dev.rocketgateway.subscription.document;

import dev.rocketgateway.subscription.EndpointAuth;
import dev.rocketgateway.subscription.EndpointUrl;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.document.EndpointConfig.AuthConfig;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Reads {@code endpoint.auth}: the type decides which fields are required and allowed. */
final class AuthReader {

    private static final String FIELD = "endpoint.auth.";

    /** The types in documents. {@code SERVICE_ACCOUNT_TOKEN} is read as {@link EndpointAuth.Bearer} with a token in a file. */
    enum Type {
        NONE,
        BASIC,
        BEARER,
        API_KEY,
        OAUTH2_CLIENT_CREDENTIALS,
        SERVICE_ACCOUNT_TOKEN
    }

    /** A field, its value, and the types that allow it. */
    private record Given(String name, Optional<String> value, Type... types) {}

    private final AuthConfig config;
    private final FieldReader fields;
    private final SecretReader secrets;
    private final DocumentSource rules;

    AuthReader(AuthConfig config, FieldReader fields, SecretReader secrets, DocumentSource rules) {
        this.config = config;
        this.fields = fields;
        this.secrets = secrets;
        this.rules = rules;
    }

    EndpointAuth read() {
        var type = fields.choice(FIELD + "type", config.type(), Type.class);
        refuseFieldsOfOtherTypes(type);
        return switch (type) {
            case NONE -> new EndpointAuth.None();
            case BASIC -> {
                var username = text("username", config.username());
                var password = secret("password", config.password(), config.passwordRef());
                yield fields.part(() -> new EndpointAuth.Basic(username, password), new EndpointAuth.None());
            }
            case BEARER -> new EndpointAuth.Bearer(secret("token", config.token(), config.tokenRef()));
            case API_KEY -> {
                var header = text("header", config.header());
                var key = secret("key", config.key(), config.keyRef());
                yield fields.part(() -> new EndpointAuth.ApiKey(header, key), new EndpointAuth.None());
            }
            case OAUTH2_CLIENT_CREDENTIALS -> {
                var url = fields.required(
                        FIELD + "tokenUrl", config.tokenUrl(), EndpointUrl::parse, URI.create("http://none"));
                var id = text("clientId", config.clientId());
                var secret = secret("clientSecret", config.clientSecret(), config.clientSecretRef());
                yield fields.part(
                        () -> new EndpointAuth.OAuth2(url, id, secret, config.scope(), config.audience()),
                        new EndpointAuth.None());
            }
            case SERVICE_ACCOUNT_TOKEN -> {
                var file = fields.required(FIELD + "tokenRef", config.tokenRef(), name -> name, "none");
                yield new EndpointAuth.Bearer(secrets.reference(FIELD + "tokenRef", file));
            }
        };
    }

    /** Reads a required string. If the string is missing, adds a fault and returns a valid placeholder. */
    private String text(String name, Optional<String> value) {
        return fields.required(FIELD + name, value, text -> text, "none");
    }

    private SecretText secret(String name, Optional<String> inline, Optional<String> reference) {
        return secrets.required(FIELD + name, inline, reference, () -> rules.kept(FIELD + name));
    }

    private void refuseFieldsOfOtherTypes(Type type) {
        for (var given : List.of(
                new Given("username", config.username(), Type.BASIC),
                new Given("password", config.password(), Type.BASIC),
                new Given("passwordRef", config.passwordRef(), Type.BASIC),
                new Given("token", config.token(), Type.BEARER),
                new Given("tokenRef", config.tokenRef(), Type.BEARER, Type.SERVICE_ACCOUNT_TOKEN),
                new Given("header", config.header(), Type.API_KEY),
                new Given("key", config.key(), Type.API_KEY),
                new Given("keyRef", config.keyRef(), Type.API_KEY),
                new Given("tokenUrl", config.tokenUrl(), Type.OAUTH2_CLIENT_CREDENTIALS),
                new Given("clientId", config.clientId(), Type.OAUTH2_CLIENT_CREDENTIALS),
                new Given("clientSecret", config.clientSecret(), Type.OAUTH2_CLIENT_CREDENTIALS),
                new Given("clientSecretRef", config.clientSecretRef(), Type.OAUTH2_CLIENT_CREDENTIALS),
                new Given("scope", config.scope(), Type.OAUTH2_CLIENT_CREDENTIALS),
                new Given("audience", config.audience(), Type.OAUTH2_CLIENT_CREDENTIALS))) {
            fields.faults()
                    .require(
                            given.value().isEmpty() || List.of(given.types()).contains(type),
                            FIELD + given.name(),
                            "belongs to auth type %s and is not allowed with type %s"
                                    .formatted(given.types()[0], type));
        }
    }
}
