package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.ReceivedMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Reads and redrives the dead letters of groups, from the topics {@code %DLQ%<group>}. Reading uses no consumer group, so it
 * changes nothing. Every method blocks and fails with {@link MessageSource.SourceUnavailableException} if brokers do not answer.
 * Thread-safe.
 */
public interface DeadLetters {

    /** The offsets between which dead letters are stored. Fails if no broker that may have dead letters answers. */
    Ranges ranges(ConsumerGroup group);

    /**
     * Reads dead letters from one broker.
     *
     * @param offset offset of the first dead letter; deleted ones are skipped
     * @return in the order of their offsets; empty at the end
     */
    List<DeadLetter> read(ConsumerGroup group, String brokerName, long offset, int limit);

    /**
     * Redrives a dead letter to its group only, through the group's retry topic on the broker that has the dead letter. The message
     * keeps its id, tag, keys and properties, and its attempts are counted from 1 again. Returns when the broker has stored the
     * message.
     */
    void redrive(ConsumerGroup group, DeadLetter letter);

    /**
     * The ranges of offsets that hold the dead letters of a group.
     *
     * @param found ranges by the name of the broker, sorted by it, for brokers that have dead letters
     * @param silent names of brokers that may have dead letters but do not answer
     */
    record Ranges(Map<String, Range> found, List<String> silent) {

        /** Number of dead letters on the brokers that answer. */
        public long total() {
            return found.values().stream().mapToLong(Range::size).sum();
        }
    }

    /**
     * Offsets on one broker.
     *
     * @param from offset of the first message
     * @param to offset after the last message
     */
    record Range(long from, long to) {

        long size() {
            return to - from;
        }
    }

    /**
     * One dead letter.
     *
     * @param message with the number of its deliveries as its attempt
     * @param source what the adapter needs to redrive it
     */
    record DeadLetter(ReceivedMessage message, String brokerName, long queueOffset, Instant storedAt, Object source) {}
}
