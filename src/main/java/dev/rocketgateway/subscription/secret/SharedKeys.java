package dev.rocketgateway.subscription.secret;

import dev.rocketgateway.subscription.StoreUnavailableException;

/** Gives all replicas that share a store the same keys: the port that {@code store} implements. Thread-safe. */
public interface SharedKeys {

    /**
     * The key for a purpose: 32 random bytes. The first caller creates it. Without a store, each process has its own. Blocks.
     *
     * @throws StoreUnavailableException if the database does not answer, or the key cannot be decrypted
     */
    byte[] key(String purpose);
}
