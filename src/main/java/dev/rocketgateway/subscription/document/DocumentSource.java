package dev.rocketgateway.subscription.document;

import dev.rocketgateway.subscription.Endpoint.Signing;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.secret.SealedText;
import java.util.List;
import java.util.Optional;

/** What reading a subscription depends on where its text comes from. */
public interface DocumentSource {

    Subscription.Origin origin();

    /** The type of signature where none is given. */
    Signing.Type signingType(boolean keysGiven);

    /** The keys where none are given; empty if they must be. */
    default List<Signing.Key> signingKeys(Signing.Type type) {
        return List.of();
    }

    /** A secret that stands in the text. */
    SecretText inline(String text);

    /** Why a secret cannot be kept unless it is a file; empty if it can. */
    default Optional<String> obstacle() {
        return Optional.empty();
    }

    /** A secret that the text leaves out, as it was until now. */
    default Optional<SecretText> kept(String field) {
        return Optional.empty();
    }

    /** The secret of a signing key that the text leaves out, as it was until now. */
    default Optional<SecretText> keptKey(Signing.Type type, String id) {
        return Optional.empty();
    }

    /** The configuration: nothing is made up, because nobody could be told. */
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

    /** What the store wrote itself: everything stands there, and secrets are sealed. */
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
