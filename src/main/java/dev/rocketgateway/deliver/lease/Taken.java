package dev.rocketgateway.deliver.lease;

import dev.rocketgateway.deliver.MessageLeases.Leased;
import java.time.Instant;
import java.util.List;

/**
 * Messages that were taken in one call.
 *
 * @param at time before the call. The lease at the broker began later, so it does not end before the time in the receipt
 */
record Taken(List<Leased> messages, Instant at) {

    static Taken nothing() {
        return new Taken(List.of(), Instant.now());
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }
}
