package dev.rocketgateway.webhook;

import java.time.Instant;
import java.util.Optional;

/**
 * A key for signing webhooks, in the formats of Standard Webhooks.
 *
 * @param id distinguishes the keys of an endpoint; not sent
 * @param secret {@code whsec_} and the base64 of the key for HMAC; {@code whsk_} and the base64 of the seed, or of the seed
 *     and the public key, for ed25519
 * @param notAfter when the key expires; empty if it never does
 */
public record SigningKey(String id, Algorithm algorithm, Secret secret, Optional<Instant> notAfter) {

    /** The algorithm of a signature. */
    public enum Algorithm {
        /** {@code v1}: the verifier has the same key. */
        HMAC_SHA256,
        /** {@code v1a}: the verifier has the public key, which cannot sign. */
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
