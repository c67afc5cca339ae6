package dev.rocketgateway.subscription.api;

import dev.rocketgateway.subscription.Endpoint;
import dev.rocketgateway.subscription.Endpoint.Signing;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.SigningSecrets;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.document.DocumentSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rules for subscription documents that callers send. A secret that the document leaves out keeps its stored value, because callers
 * cannot read a secret and send it back. A missing signing key is generated. Each request has its own instance.
 */
public final class ApiRules implements DocumentSource {

    private static final String FIRST_KEY = "k1";

    private final Optional<Subscription> current;
    private final boolean canSeal;
    private final Map<SecretText, String> generated = new HashMap<>();

    /**
     * @param current the subscription to change; empty for a new subscription
     */
    public ApiRules(Optional<Subscription> current, boolean canSeal) {
        this.current = current;
        this.canSeal = canSeal;
    }

    /**
     * Maps the sealed form of each generated secret to its value, which the response shows once. A key has the same position in
     * {@code candidate} and {@code sealed}.
     */
    Map<SecretText, String> revealed(Subscription candidate, Subscription sealed) {
        var revealed = new HashMap<SecretText, String>();
        List<Signing.Key> before = keys(candidate);
        for (int i = 0; i < before.size(); i++) {
            var value = generated.get(before.get(i).secret());
            if (value != null) {
                revealed.put(keys(sealed).get(i).secret(), value);
            }
        }
        return revealed;
    }

    private static List<Signing.Key> keys(Subscription subscription) {
        return subscription
                .endpoint()
                .map(endpoint -> endpoint.signing().keys())
                .orElse(List.of());
    }

    @Override
    public Subscription.Origin origin() {
        return Subscription.Origin.API;
    }

    @Override
    public Signing.Type signingType(boolean keysGiven) {
        return signing().map(Signing::type).orElse(Signing.Type.HMAC_SHA256);
    }

    @Override
    public List<Signing.Key> signingKeys(Signing.Type type) {
        var kept = signing().filter(before -> before.type() == type);
        if (kept.isPresent() || type == Signing.Type.NONE) {
            return kept.map(Signing::keys).orElse(List.of());
        }
        if (!canSeal) {
            return List.of();
        }
        return List.of(new Signing.Key(FIRST_KEY, newSecret(type), Optional.empty()));
    }

    /** Generates a secret, which the response shows to the caller. */
    SecretText newSecret(Signing.Type type) {
        var secret = new SecretText.Plain(SigningSecrets.generate(type));
        generated.put(secret, secret.value());
        return secret;
    }

    @Override
    public SecretText inline(String text) {
        return new SecretText.Plain(text);
    }

    @Override
    public Optional<String> obstacle() {
        return canSeal ? Optional.empty() : Optional.of("gateway.store.encryption-keys is not set");
    }

    @Override
    public Optional<SecretText> kept(String field) {
        return current.flatMap(Subscription::endpoint)
                .map(before -> before.auth().secrets().get(field));
    }

    @Override
    public Optional<SecretText> keptKey(Signing.Type type, String id) {
        return signing().filter(before -> before.type() == type).stream()
                .flatMap(before -> before.keys().stream())
                .filter(key -> key.id().equals(id))
                .map(Signing.Key::secret)
                .findFirst();
    }

    private Optional<Signing> signing() {
        return current.flatMap(Subscription::endpoint).map(Endpoint::signing);
    }
}
