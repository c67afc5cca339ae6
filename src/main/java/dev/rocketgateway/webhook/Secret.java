package dev.rocketgateway.webhook;

/**
 * A secret that is read each time it is needed. Its value may change or be missing.
 *
 * <p>Called on threads that send webhooks, so an implementation reads the value from memory or from a local file.
 */
@FunctionalInterface
public interface Secret {

    /**
     * The current value.
     *
     * @throws SecretUnavailableException if the value is missing or invalid
     */
    String value() throws SecretUnavailableException;

    /** Whether {@link #value} may read a file. */
    default boolean readsFile() {
        return true;
    }
}
