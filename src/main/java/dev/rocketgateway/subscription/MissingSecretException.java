package dev.rocketgateway.subscription;

/** Says that the value of a secret is not available now. The message names the reference, never the value. */
public final class MissingSecretException extends Exception {

    public MissingSecretException(String message) {
        super(message);
    }

    public MissingSecretException(String message, Throwable cause) {
        super(message, cause);
    }
}
