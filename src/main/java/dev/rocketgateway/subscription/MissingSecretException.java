package dev.rocketgateway.subscription;

/** A secret whose value cannot be had now. The message names the reference, never a value. */
public final class MissingSecretException extends Exception {

    public MissingSecretException(String message) {
        super(message);
    }

    public MissingSecretException(String message, Throwable cause) {
        super(message, cause);
    }
}
