package dev.rocketgateway.webhook;

import java.time.Instant;
import java.util.Optional;

/**
 * A key that webhooks are signed with, in the forms of Standard Webhooks.
 *
 * @param id tells the keys of an endpoint apart; is not sent
 * @param secret {@code whsec_} and the base64 of the key for HMAC; {@code whsk_} and the base64 of the seed, or of the seed
 *     and the public key, for ed25519
 * @param notAfter from then on it does not sign; without it, it always does
 */
public record SigningKey(String id, Algorithm algorithm, Secret secret, Optional<Instant> notAfter) {

    /** How it signs. */
    public enum Algorithm {
        /** {@code v1}: who verifies has the same key. */
        HMAC_SHA256,
        /** {@code v1a}: who verifies has the public key, and cannot sign with it. */
        ED25519
    }

    public SigningKey {
        if (id.isBlank()) {
            throw new IllegalArgumentException("the id of a signing key must not be empty");
        }
    }

    public boolean signsAt(Instant time) {
        return notAfter.isEmpty() || time.isBefore(notAfter.get());
    }
}
