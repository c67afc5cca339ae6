package dev.rocketgateway.webhook;

/** Says that a secret is missing or invalid. The message names the place of the secret, never its value. */
public final class SecretUnavailableException extends Exception {

    public SecretUnavailableException(String message) {
        super(message);
    }

    public SecretUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
