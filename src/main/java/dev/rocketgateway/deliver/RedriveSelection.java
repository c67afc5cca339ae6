package dev.rocketgateway.deliver;

import dev.rocketgateway.deliver.DeadLetters.DeadLetter;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Which dead letters are given back. */
sealed interface RedriveSelection {

    boolean includes(DeadLetter letter);

    /** Every one that there is at the beginning. */
    record All() implements RedriveSelection {

        @Override
        public boolean includes(DeadLetter letter) {
            return true;
        }
    }

    /** Those with these message ids. */
    record ByIds(Set<String> ids) implements RedriveSelection {

        @Override
        public boolean includes(DeadLetter letter) {
            return ids.contains(letter.message().id());
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
    }
}
