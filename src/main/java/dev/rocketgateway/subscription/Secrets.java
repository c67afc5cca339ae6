package dev.rocketgateway.subscription;

/** The values of secrets. Thread-safe; reads a small file now and then, otherwise never blocks. */
public interface Secrets {

    /**
     * The value as it is now: a file that was changed is read again.
     *
     * @throws MissingSecretException if the file is not there, or no key opens the sealed text
     */
    String value(SecretText secret) throws MissingSecretException;
}
