package dev.rocketgateway.subscription;

/**
 * A secret of a subscription: in a file, encrypted, or in plain text. {@link Secrets} returns its value; {@code toString} never
 * shows the value.
 */
public sealed interface SecretText {

    /**
     * A file in the directory of secrets.
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
     * @param keyId id of the encryption key
     * @param text nonce and AES-GCM ciphertext, in Base64
     */
    record Sealed(String keyId, String text) implements SecretText {

        @Override
        public String toString() {
            return "sealed secret";
        }
    }

    /** The value itself, from the configuration or a request. */
    record Plain(String value) implements SecretText {

        @Override
        public String toString() {
            return "secret";
        }
    }
}
