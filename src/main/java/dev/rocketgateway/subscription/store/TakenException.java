package dev.rocketgateway.subscription.store;

/** Says that the name or the consumer group is taken. */
final class TakenException extends RuntimeException {

    TakenException(Throwable cause) {
        super(cause);
    }
}
