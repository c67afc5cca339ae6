package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.deliver.DeadLetters.DeadLetter;
import dev.rocketgateway.subscription.history.Attempt;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Selects the dead letters to redrive. */
sealed interface RedriveSelection {

    boolean includes(DeadLetter letter);

    /** The kind of selection, for the log. */
    String label();

    /** The requested message ids, if the selection is by id. */
    default Set<String> ids() {
        return Set.of();
    }

    /** All dead letters that exist when the redrive starts. */
    record All() implements RedriveSelection {

        @Override
        public boolean includes(DeadLetter letter) {
            return true;
        }

        @Override
        public String label() {
            return "all";
        }
    }

    /** Dead letters with these message ids, in full or as the attempt log stores them. */
    record ByIds(Set<String> ids) implements RedriveSelection {

        @Override
        public boolean includes(DeadLetter letter) {
            return ids.contains(letter.message().id())
                    || ids.contains(Attempt.storedId(letter.message().id()));
        }

        @Override
        public String label() {
            return "ids";
        }
    }

    /**
     * Messages that became dead letters in this range of time.
     *
     * @param from start of the range, included; empty for no start
     * @param to end of the range, not included; empty for no end
     */
    record ByTime(Optional<Instant> from, Optional<Instant> to) implements RedriveSelection {

        @Override
        public boolean includes(DeadLetter letter) {
            return from.map(time -> !letter.storedAt().isBefore(time)).orElse(true)
                    && to.map(time -> letter.storedAt().isBefore(time)).orElse(true);
        }

        @Override
        public String label() {
            return "time";
        }
    }
}
