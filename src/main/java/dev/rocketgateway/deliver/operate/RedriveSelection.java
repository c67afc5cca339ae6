package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.deliver.DeadLetters.DeadLetter;
import dev.rocketgateway.subscription.history.Attempt;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Which dead letters are given back. */
sealed interface RedriveSelection {

    boolean includes(DeadLetter letter);

    /** What kind of choice it is, for the log. */
    String label();

    /** The message ids that are asked for, if it is by ids. */
    default Set<String> ids() {
        return Set.of();
    }

    /** Every one that there is at the beginning. */
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

    /** Those with these message ids, in full or as the log of attempts keeps them. */
    record ByIds(Set<String> ids) implements RedriveSelection {

        @Override
        public boolean includes(DeadLetter letter) {
            return ids.contains(letter.message().id())
                    || ids.contains(Attempt.keptId(letter.message().id()));
        }

        @Override
        public String label() {
            return "ids";
        }
    }

    /**
     * Those given up in this time.
     *
     * @param from the first moment
     * @param to the moment after the last
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
