package dev.rocketgateway.subscription.api;

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
 * What a caller writes: secrets that are left out stay as they were, because nobody can read them, and a key to sign with is made
 * where none is given. For one request.
 */
public final class ApiRules implements DocumentSource {

    private static final String FIRST_KEY = "k1";

    private final Optional<Subscription> current;
    private final boolean canSeal;
    private final Map<SecretText, String> generated = new HashMap<>();

    /**
     * @param current what is to be changed; empty for a new one
     */
    public ApiRules(Optional<Subscription> current, boolean canSeal) {
        this.current = current;
        this.canSeal = canSeal;
    }

    /** The secrets that were made, to be told once. */
    Map<SecretText, String> generated() {
        return generated;
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

    /** One that the caller will be told. */
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
        return current.map(before -> before.endpoint().auth().secrets().get(field));
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
        return current.map(before -> before.endpoint().signing());
    }
}
