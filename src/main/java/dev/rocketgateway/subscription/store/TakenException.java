package dev.rocketgateway.subscription.store;

/** Says that another subscription has the name or the consumer group. */
final class TakenException extends RuntimeException {

    TakenException(Throwable cause) {
        super(cause);
    }
}
