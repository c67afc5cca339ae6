package dev.rocketgateway.subscription.document;

import dev.rocketgateway.message.Instants;
import dev.rocketgateway.subscription.Endpoint.Signing;
import dev.rocketgateway.subscription.document.EndpointConfig.KeyConfig;
import dev.rocketgateway.subscription.document.EndpointConfig.SigningConfig;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code endpoint.signing}. */
final class SigningReader {

    private static final String FIELD = "endpoint.signing.";
    private static final Signing NONE = new Signing(Signing.Type.NONE, List.of());

    private final SigningConfig config;
    private final FieldReader fields;
    private final SecretReader secrets;
    private final DocumentSource rules;

    SigningReader(SigningConfig config, FieldReader fields, SecretReader secrets, DocumentSource rules) {
        this.config = config;
        this.fields = fields;
        this.secrets = secrets;
        this.rules = rules;
    }

    Signing read() {
        boolean given = !config.keys().isEmpty();
        int mark = fields.mark();
        var type = config.type().isPresent()
                ? fields.choice(FIELD + "type", config.type(), Signing.Type.class)
                : rules.signingType(given);
        var keys = given ? keys(type) : rules.signingKeys(type);
        if (!given && keys.isEmpty() && type != Signing.Type.NONE) {
            rules.obstacle().ifPresent(why -> fields.faults()
                    .add(
                            FIELD + "keys",
                            "cannot be created, because %s; set secretRef, or set type NONE".formatted(why)));
        }
        // The placeholder for a missing secret would cause a second fault.
        return fields.part(mark, () -> new Signing(type, keys), NONE);
    }

    private List<Signing.Key> keys(Signing.Type type) {
        var keys = new ArrayList<Signing.Key>();
        for (KeyConfig key : config.keys()) {
            var field = FIELD + "keys[%d].".formatted(keys.size());
            var id = key.id().orElse("k" + (keys.size() + 1));
            keys.add(new Signing.Key(
                    id,
                    secrets.required(field + "secret", key.secret(), key.secretRef(), () -> rules.keptKey(type, id)),
                    fields.optional(field + "notAfter", key.notAfter(), Instants::parse)));
        }
        return keys;
    }
}
