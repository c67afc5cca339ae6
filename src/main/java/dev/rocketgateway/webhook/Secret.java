package dev.rocketgateway.webhook;

/**
 * A value that is read each time it is needed, and may change or be missing.
 *
 * <p>Called on threads that send webhooks, so it answers from memory or from a local file.
 */
@FunctionalInterface
public interface Secret {

    /**
     * The value there is now.
     *
     * @throws SecretUnavailableException if there is none
     */
    String value() throws SecretUnavailableException;
}
