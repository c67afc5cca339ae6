package dev.rocketgateway.subscription.document;

import dev.rocketgateway.subscription.Endpoint.Signing;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.secret.SealedText;
import java.util.List;
import java.util.Optional;

/** Rules that depend on the source of a subscription document: the configuration, a caller or the store. */
public interface DocumentSource {

    Subscription.Origin origin();

    /** The default type of signature. */
    Signing.Type signingType(boolean keysGiven);

    /** The keys if the document has none; empty if the document must have keys. */
    default List<Signing.Key> signingKeys(Signing.Type type) {
        return List.of();
    }

    /** Converts an inline secret of the document. */
    SecretText inline(String text);

    /** Why an inline secret cannot be stored; empty if it can. */
    default Optional<String> obstacle() {
        return Optional.empty();
    }

    /** The stored secret for a field that the document leaves out. */
    default Optional<SecretText> kept(String field) {
        return Optional.empty();
    }

    /** The stored secret of a signing key that the document leaves out. */
    default Optional<SecretText> keptKey(Signing.Type type, String id) {
        return Optional.empty();
    }

    /** Rules of the configuration: no secret is generated, because no response could show it. */
    DocumentSource CONFIGURATION = new DocumentSource() {

        @Override
        public Subscription.Origin origin() {
            return Subscription.Origin.CONFIG;
        }

        @Override
        public Signing.Type signingType(boolean keysGiven) {
            return keysGiven ? Signing.Type.HMAC_SHA256 : Signing.Type.NONE;
        }

        @Override
        public SecretText inline(String text) {
            return new SecretText.Plain(text);
        }
    };

    /** Rules of stored documents: all fields are present, and secrets are sealed. */
    DocumentSource STORE = new DocumentSource() {

        @Override
        public Subscription.Origin origin() {
            return Subscription.Origin.API;
        }

        @Override
        public Signing.Type signingType(boolean keysGiven) {
            return Signing.Type.NONE;
        }

        @Override
        public SecretText inline(String text) {
            return SealedText.read(text);
        }
    };
}
