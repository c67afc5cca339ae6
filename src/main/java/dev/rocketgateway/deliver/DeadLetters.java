package dev.rocketgateway.deliver;

import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.ReceivedMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Reads and redrives (delivers again) the dead letters of consumer groups, from the topics {@code %DLQ%<group>}. Reading uses no
 * consumer group, so it changes no position. Every method blocks and fails with {@link MessageSource.SourceUnavailableException} if
 * brokers do not answer. Thread-safe.
 */
public interface DeadLetters {

    /**
     * The ranges of offsets in which the dead letters of the group are stored. Fails if no broker that may have dead letters
     * answers.
     */
    Ranges ranges(ConsumerGroup group);

    /**
     * Reads dead letters from one broker.
     *
     * @param offset offset of the first dead letter to read; deleted dead letters are skipped
     * @return dead letters in the order of their offsets; empty after the last dead letter
     */
    List<DeadLetter> read(ConsumerGroup group, String brokerName, long offset, int limit);

    /**
     * Redrives a dead letter to its group only, through a retry topic of the group on the broker that has the dead letter. The message
     * keeps its id, tag, keys and properties, and its attempts are counted from 1 again. Returns when the broker has stored the
     * message.
     *
     * @param retryTopic the retry topic from which the group receives
     */
    void redrive(String retryTopic, DeadLetter letter);

    /**
     * The ranges of offsets that hold the dead letters of a group.
     *
     * @param found one range for each broker that has dead letters, by the name of the broker, sorted by this name
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
     * @param message the message; its attempt is the number of its deliveries so far
     * @param source data that the implementation of this interface needs to redrive the dead letter
     */
    record DeadLetter(ReceivedMessage message, String brokerName, long queueOffset, Instant storedAt, Object source) {}
}
