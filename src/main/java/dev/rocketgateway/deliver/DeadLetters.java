package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.ReceivedMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The dead-letter topics of groups, {@code %DLQ%<group>}. They are read without a group of their own, so reading changes
 * nothing. Every method blocks and fails with {@link MessageSource.SourceUnavailableException} if brokers do not answer.
 * Thread-safe.
 */
public interface DeadLetters {

    /** Where dead letters begin and end; fails if no broker that may have any answers. */
    Ranges ranges(ConsumerGroup group);

    /**
     * Reads on one broker.
     *
     * @param offset of the first; one that is gone by now is skipped
     * @return in their order; empty at the end
     */
    List<DeadLetter> read(ConsumerGroup group, String brokerName, long offset, int limit);

    /**
     * Gives a dead letter back to its group, and to no other: through the group's retry topic on the broker that has it, with its id, tag, keys and
     * properties, and with its attempts counted anew. Returns when the broker has stored it.
     */
    void redrive(ConsumerGroup group, DeadLetter letter);

    /**
     * Where the dead letters of a group are.
     *
     * @param found by the names of the brokers that have any
     * @param silent names of the brokers that may have some, and are away or do not answer
     */
    record Ranges(Map<String, Range> found, List<String> silent) {

        /** How many there are on the brokers that answer. */
        public long total() {
            return found.values().stream().mapToLong(Range::size).sum();
        }
    }

    /**
     * Offsets on one broker.
     *
     * @param from of the first message there is
     * @param to behind the last one
     */
    record Range(long from, long to) {

        long size() {
            return to - from;
        }
    }

    /**
     * One message.
     *
     * @param attempts how often it was delivered
     * @param source what the adapter needs to redrive it
     */
    record DeadLetter(
            ReceivedMessage message,
            String brokerName,
            long queueOffset,
            Instant storedAt,
            int attempts,
            Object source) {}
}
