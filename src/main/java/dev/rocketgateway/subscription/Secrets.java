package dev.rocketgateway.subscription;

/** Returns the values of secrets. Thread-safe; sometimes reads a small file, otherwise never blocks. */
public interface Secrets {

    /**
     * The current value of the secret. If its file has changed, the file is read again.
     *
     * @throws MissingSecretException if the file does not exist, or no key decrypts the secret
     */
    String value(SecretText secret) throws MissingSecretException;
}
