package dev.rocketgateway.subscription.store;

/** What must be there once is there already. */
final class TakenException extends RuntimeException {

    TakenException(Throwable cause) {
        super(cause);
    }
}
