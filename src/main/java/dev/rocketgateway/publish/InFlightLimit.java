package dev.rocketgateway.publish;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bound on messages and body bytes the service holds on behalf of callers: what does not fit is refused at once.
 *
 * <p>Thread-safe and never blocks.
 */
@ApplicationScoped
public class InFlightLimit {

    private final long maxMessages;
    private final long maxBytes;
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    @Inject
    InFlightLimit(PublishConfig config) {
        this(config.maxInFlight(), config.maxInFlightSize().asLongValue());
    }

    InFlightLimit(long maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /**
     * @throws GatewayException {@code overloaded}
     */
    Permit acquire() {
        take(messages, 1, maxMessages);
        return new Permit();
    }

    long messages() {
        return messages.get();
    }

    long bytes() {
        return bytes.get();
    }

    private static void take(AtomicLong counter, long amount, long max) {
        if (counter.addAndGet(amount) > max) {
            counter.addAndGet(-amount);
            throw GatewayException.of(
                    ProblemType.OVERLOADED, "Too much is in flight to the broker already; nothing was stored.");
        }
    }

    /** One request's share. Used by one thread at a time until it is released. */
    final class Permit {

        private final AtomicBoolean released = new AtomicBoolean();
        private long held;
        private long messagesHeld = 1;

        /**
         * Takes places for messages besides the first.
         *
         * @throws GatewayException {@code overloaded}; what was taken before stays taken until the release
         */
        void reserveMessages(int amount) {
            take(messages, amount, maxMessages);
            messagesHeld += amount;
        }

        /**
         * Takes bytes for bodies.
         *
         * @throws GatewayException {@code overloaded}; what was taken before stays taken until the release
         */
        void reserve(int amount) {
            take(bytes, amount, maxBytes);
            held += amount;
        }

        /** Gives everything back; calls after the first do nothing. */
        void release() {
            if (released.compareAndSet(false, true)) {
                bytes.addAndGet(-held);
                messages.addAndGet(-messagesHeld);
            }
        }
    }
}
