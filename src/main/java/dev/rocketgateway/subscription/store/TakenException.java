package dev.rocketgateway.subscription.store;

/** Says that a unique name or group already exists. */
final class TakenException extends RuntimeException {

    TakenException(Throwable cause) {
        super(cause);
    }
}
