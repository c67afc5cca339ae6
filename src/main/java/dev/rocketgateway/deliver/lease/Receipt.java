package dev.rocketgateway.deliver.lease;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The content of a receipt: a lease, its message and its attempt.
 *
 * @param visibleUntil when the lease ends, by the clock of the gateway
 * @param takenAt when the attempt began
 * @param bornAt when the message was published
 * @param attempt number of the attempt, from 1
 * @param checkpoint the broker's name for the lease
 * @param messageId the id of the message, cut to {@code Attempt.storedId}
 */
record Receipt(
        Instant visibleUntil, Instant takenAt, Instant bornAt, int attempt, String checkpoint, String messageId) {

    private static final String BETWEEN = "|";
    private static final Pattern SPLIT = Pattern.compile("\\|");
    private static final int FIELDS = 6;

    boolean hasEnded(Instant now) {
        return !now.isBefore(visibleUntil);
    }

    /** Returns the receipt of the same attempt with another lease. */
    Receipt renewed(String newCheckpoint, Instant newEnd) {
        return new Receipt(newEnd, takenAt, bornAt, attempt, newCheckpoint, messageId);
    }

    String text() {
        return String.join(
                BETWEEN,
                String.valueOf(visibleUntil.toEpochMilli()),
                String.valueOf(takenAt.toEpochMilli()),
                String.valueOf(bornAt.toEpochMilli()),
                String.valueOf(attempt),
                checkpoint,
                messageId);
    }

    /** Parses the string of a receipt that the gateway signed; empty if another version of the gateway wrote the string. */
    static Optional<Receipt> parse(String text) {
        var fields = SPLIT.split(text, FIELDS);
        if (fields.length != FIELDS) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Receipt(
                    Instant.ofEpochMilli(Long.parseLong(fields[0])),
                    Instant.ofEpochMilli(Long.parseLong(fields[1])),
                    Instant.ofEpochMilli(Long.parseLong(fields[2])),
                    Integer.parseInt(fields[3]),
                    fields[4],
                    fields[5]));
        } catch (NumberFormatException otherVersion) {
            return Optional.empty();
        }
    }
}
