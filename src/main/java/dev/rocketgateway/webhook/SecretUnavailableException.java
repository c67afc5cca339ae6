package dev.rocketgateway.webhook;

/** A secret that is not there, or not what it should be. The message names where it should be, never its value. */
public final class SecretUnavailableException extends Exception {

    public SecretUnavailableException(String message) {
        super(message);
    }

    public SecretUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
