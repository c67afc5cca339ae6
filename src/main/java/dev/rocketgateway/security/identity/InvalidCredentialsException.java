package dev.rocketgateway.security.identity;

/** Says why credentials are not accepted. The message is for the caller and contains no part of the credentials. */
final class InvalidCredentialsException extends Exception {

    InvalidCredentialsException(String reason) {
        super(reason);
    }

    /** The reason, for the caller and the audit log. */
    String reason() {
        return String.valueOf(getMessage());
    }
}
