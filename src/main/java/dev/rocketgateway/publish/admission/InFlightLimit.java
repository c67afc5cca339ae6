package dev.rocketgateway.publish.admission;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.attributes.MessageAttributes;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the messages and bytes that the service holds for callers. Each request has a {@link Permit} for its messages and bytes. A
 * request that does not fit is refused immediately.
 *
 * <p>Thread-safe and never blocks. Created at startup, so that contradictory limits fail fast.
 */
@Startup
@Singleton
public class InFlightLimit {

    private static final long DEFAULT_MAX_BYTES = 64L << 20;

    private final long maxMessages;
    private final long maxBytes;
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();

    /**
     * @throws ConfigurationException if the limit of one request is above the limit of all requests together
     */
    @Inject
    InFlightLimit(PublishConfig config) {
        this(config.maxInFlight(), maxBytes(config, Runtime.getRuntime().maxMemory()));
        expectAtLeast("max-in-flight", maxMessages, "max-batch-messages", config.maxBatchMessages());
        expectAtLeast("max-in-flight-size", maxBytes, "max-message-size with attributes", largestMessage(config));
        expectAtLeast(
                "max-in-flight-size",
                maxBytes,
                "max-batch-size",
                config.maxBatchSize().asLongValue());
    }

    /**
     * The limit of bytes: the configured limit, or the default for this heap.
     *
     * @param heap maximum size of the heap, in bytes
     */
    static long maxBytes(PublishConfig config, long heap) {
        return config.maxInFlightSize().map(MemorySize::asLongValue).orElseGet(() -> {
            long largest =
                    Math.max(largestMessage(config), config.maxBatchSize().asLongValue());
            // A body of 1 MiB takes two regions of a small heap, and exists twice while it is read, joined and sent.
            return Math.max(largest, Math.min(DEFAULT_MAX_BYTES, heap / 8));
        });
    }

    private static long largestMessage(PublishConfig config) {
        return config.maxMessageSize().asLongValue() + MessageAttributes.MAX_BYTES;
    }

    InFlightLimit(long maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    private static void expectAtLeast(String whole, long wholeValue, String part, long partValue) {
        if (wholeValue < partValue) {
            throw new ConfigurationException(
                    ("gateway.publish.%s is %d, but gateway.publish.%s is %d, so the largest requests would always be "
                                    + "refused. Raise the first or lower the second.")
                            .formatted(whole, wholeValue, part, partValue));
        }
    }

    /**
     * Reserves one message for a request.
     *
     * @throws GatewayException {@code overloaded}
     */
    public Permit acquire() {
        take(messages, 1, maxMessages);
        return new Permit();
    }

    public long messages() {
        return messages.get();
    }

    long maxMessages() {
        return maxMessages;
    }

    long maxBytes() {
        return maxBytes;
    }

    public long bytes() {
        return bytes.get();
    }

    /**
     * Adds an amount to a counter, or refuses it. The counter never exceeds the maximum, not even for a moment: a request that does
     * not fit must not displace one that fits.
     */
    private static void take(AtomicLong counter, long amount, long max) {
        long taken;
        do {
            taken = counter.get();
            if (taken + amount > max) {
                throw GatewayException.of(
                        ProblemType.OVERLOADED,
                        "Too many messages or bytes are in flight to the broker; nothing was stored.");
            }
        } while (!counter.compareAndSet(taken, taken + amount));
    }

    /** Holds what one request has reserved, until its release. Thread-safe. */
    public final class Permit {

        private boolean released;
        private long held;
        private long messagesHeld = 1;

        /**
         * Reserves further messages, besides the first.
         *
         * @throws GatewayException {@code overloaded}; earlier reservations stay until the release
         */
        public synchronized void reserveMessages(int amount) {
            take(messages, amount, maxMessages);
            messagesHeld += amount;
        }

        /**
         * Reserves bytes for bodies and attributes.
         *
         * @throws GatewayException {@code overloaded}; earlier reservations stay until the release
         */
        public synchronized void reserve(long amount) {
            take(bytes, amount, maxBytes);
            held += amount;
        }

        /**
         * Counts bytes that are already in memory and cannot be refused, so that other requests are refused instead. Does nothing
         * after the release.
         */
        public synchronized void add(long amount) {
            if (!released) {
                bytes.addAndGet(amount);
                held += amount;
            }
        }

        /** Releases all reservations; further calls do nothing. */
        public synchronized void release() {
            if (!released) {
                released = true;
                bytes.addAndGet(-held);
                messages.addAndGet(-messagesHeld);
            }
        }
    }
}
