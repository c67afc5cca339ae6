package dev.rocketgateway.subscription;

/** A secret as it is kept. What {@link Secrets} makes of it is the value; no text of this type shows it. */
public sealed interface SecretText {

    /**
     * A file below the directory of secrets.
     *
     * @param name relative path of the file
     */
    record Reference(String name) implements SecretText {

        @Override
        public String toString() {
            return "secret file " + name;
        }
    }

    /**
     * The value, encrypted.
     *
     * @param keyId which of the encryption keys
     * @param text nonce and AES-GCM ciphertext, in Base64
     */
    record Sealed(String keyId, String text) implements SecretText {

        @Override
        public String toString() {
            return "sealed secret";
        }
    }

    /** The value itself, as it comes from the configuration or a request. */
    record Plain(String value) implements SecretText {

        @Override
        public String toString() {
            return "secret";
        }
    }
}
