package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.deliver.DeadLetters;
import dev.rocketgateway.deliver.DeadLetters.DeadLetter;
import dev.rocketgateway.message.ConsumerGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the dead letters of a group as one list: sorted by the name of the broker, then the oldest first. Blocks. */
final class DeadLetterList {

    private static final int PIECE = 32;

    private DeadLetterList() {}

    /** The start of a page. */
    record Cursor(String brokerName, long queueOffset) {

        /**
         * Parses the string form of a cursor.
         *
         * @throws IllegalArgumentException if the string is not a cursor of this list
         */
        static Cursor parse(String text) {
            int colon = text.lastIndexOf(':');
            try {
                if (colon > 0) {
                    return new Cursor(text.substring(0, colon), Long.parseLong(text.substring(colon + 1)));
                }
            } catch (NumberFormatException notANumber) {
                // The error is the same as without a colon.
            }
            throw new IllegalArgumentException(
                    "'%s' is not a valid page token; use the `next` of the previous page".formatted(text));
        }

        @Override
        public String toString() {
            return brokerName + ":" + queueOffset;
        }
    }

    /**
     * A page of the list.
     *
     * @param ranges ranges of the dead letters of all pages
     * @param next start of the next page; empty on the last page
     */
    record Page(DeadLetters.Ranges ranges, List<DeadLetter> letters, Optional<Cursor> next) {}

    /**
     * Reads one page of the list.
     *
     * @param from start of the page; empty for the first page
     */
    static Page read(DeadLetters letters, ConsumerGroup group, Optional<Cursor> from, int limit) {
        var ranges = letters.ranges(group);
        var found = new ArrayList<DeadLetter>();
        for (var broker : ranges.found().entrySet()) {
            var name = broker.getKey();
            if (from.isPresent() && name.compareTo(from.get().brokerName()) < 0) {
                continue;
            }
            long offset = from.filter(cursor -> cursor.brokerName().equals(name))
                    .map(Cursor::queueOffset)
                    .orElse(broker.getValue().from());
            while (found.size() < limit) {
                var read = letters.read(group, name, offset, Math.min(PIECE, limit - found.size()));
                if (read.isEmpty()) {
                    break;
                }
                found.addAll(read);
                offset = read.get(read.size() - 1).queueOffset() + 1;
            }
            if (found.size() >= limit) {
                return new Page(ranges, found, Optional.of(new Cursor(name, offset)));
            }
        }
        return new Page(ranges, found, Optional.empty());
    }
}
