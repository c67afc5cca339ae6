package dev.rocketgateway.subscription.document;

import dev.rocketgateway.subscription.Endpoint.Signing;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.secret.SealedText;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Rules that depend on the source of a subscription document: the configuration, a caller or the store. */
public interface DocumentSource {

    Subscription.Origin origin();

    /** The type of signature if the document does not set a type. {@code keysGiven} is whether the document has signing keys. */
    Signing.Type signingType(boolean keysGiven);

    /** The signing keys if the document has no keys; empty if the document must have keys. */
    default List<Signing.Key> signingKeys(Signing.Type type) {
        return List.of();
    }

    /** Converts an inline secret, whose value is in the document. */
    SecretText inline(String text);

    /** Why an inline secret cannot be stored; empty if it can. */
    default Optional<String> obstacle() {
        return Optional.empty();
    }

    /** The stored secret for a field that the document leaves out; empty if no secret is stored. */
    default Optional<SecretText> kept(String field) {
        return Optional.empty();
    }

    /** The stored secret of a signing key whose secret the document leaves out; empty if no secret is stored. */
    default Optional<SecretText> keptKey(Signing.Type type, String id) {
        return Optional.empty();
    }

    /** Rules of the configuration: no secret is generated, because no response could show it. */
    DocumentSource CONFIGURATION =
            new Complete(Subscription.Origin.CONFIG, Signing.Type.HMAC_SHA256, SecretText.Plain::new);

    /** Rules of stored documents: all fields are present, and secrets are sealed. */
    DocumentSource STORE = new Complete(Subscription.Origin.API, Signing.Type.NONE, SealedText::read);

    /**
     * Rules of documents that must be complete: no stored secret is kept, and no secret is generated.
     *
     * @param withKeys the type of signature if the document has keys but no type
     */
    record Complete(Subscription.Origin origin, Signing.Type withKeys, Function<String, SecretText> secrets)
            implements DocumentSource {

        @Override
        public Signing.Type signingType(boolean keysGiven) {
            return keysGiven ? withKeys : Signing.Type.NONE;
        }

        @Override
        public SecretText inline(String text) {
            return secrets.apply(text);
        }
    }
}
