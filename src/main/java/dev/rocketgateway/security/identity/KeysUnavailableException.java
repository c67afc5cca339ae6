package dev.rocketgateway.security.identity;

/** Says that a token cannot be verified now, because the keys of its issuer cannot be read. */
final class KeysUnavailableException extends Exception {

    KeysUnavailableException(String issuer, Throwable cause) {
        super("the keys of issuer %s cannot be read".formatted(issuer), cause);
    }
}
