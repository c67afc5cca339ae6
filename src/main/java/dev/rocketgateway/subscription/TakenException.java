package dev.rocketgateway.subscription;

/** What must be there once is there already. */
final class TakenException extends RuntimeException {

    TakenException(Throwable cause) {
        super(cause);
    }
}
