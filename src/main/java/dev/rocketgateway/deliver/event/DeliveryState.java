package dev.rocketgateway.deliver.event;

import dev.rocketgateway.deliver.MessageSource.Consumption;
import dev.rocketgateway.deliver.breaker.Hold;
import java.util.Locale;
import java.util.Optional;

/**
 * The state of a subscription on this replica. Each state offers only the transitions that it allows.
 *
 * <pre>
 *                started           gate closes
 *   Starting ──────────▶ Running ─────────────▶ Holding ───┐ for too long, paused,
 *    ▲  │  ▲             │     ▲───────────────┘           │ changed, stopped
 *    │  ▼  │             │          opens                  ▼
 *    │ Failed            └─────────────────────────▶ Draining
 *    │                                                  │
 *    ├── time for a probe ── Parked ◀────────────────────┤
 *    ├── resumed ─────────── Paused ◀────────────────────┤
 *    └── changed ───────────────────────────────────────┤
 *                            Stopped ◀───────────────────┘
 * </pre>
 */
public sealed interface DeliveryState {

    /** The name of this state in metrics and logs. In capital letters, it is the phase in the status. */
    default String label() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** Why the subscription does not run or holds its messages, in words; empty if no reason is known. */
    default Optional<String> why() {
        return Optional.empty();
    }

    /** A state in which no message is received. */
    sealed interface Idle extends DeliveryState {

        default Running started(Consumption consumption) {
            return new Running(consumption);
        }

        default Starting starting(String why) {
            return new Starting(why);
        }

        default Failed failed(String why) {
            return new Failed(why);
        }

        default Paused paused(String why) {
            return new Paused(why);
        }

        default Stopped stopped() {
            return new Stopped();
        }
    }

    /** A state in which messages are received. */
    sealed interface Receiving extends DeliveryState {

        Consumption consumption();

        default Draining draining() {
            return new Draining();
        }
    }

    /** Not receiving yet; the start is retried. */
    record Starting(String reason) implements Idle {

        @Override
        public Optional<String> why() {
            return Optional.of(reason);
        }
    }

    /** The start was refused for a reason that an operator must fix; the start is still retried. */
    record Failed(String reason) implements Idle {

        @Override
        public Optional<String> why() {
            return Optional.of(reason);
        }
    }

    /** Receiving and delivering messages. */
    record Running(Consumption consumption) implements Receiving {

        public Holding holding(Hold hold) {
            return new Holding(consumption, hold);
        }
    }

    /** Receiving messages, and holding them until the gate opens. */
    record Holding(Consumption consumption, Hold hold) implements Receiving {

        @Override
        public Optional<String> why() {
            return Optional.of(hold.reason() + ": " + hold.detail());
        }

        public Running released() {
            return new Running(consumption);
        }
    }

    /** Receives no new message; webhooks in flight may finish. */
    record Draining() implements DeliveryState {

        public Parked parked(Hold hold) {
            return new Parked(hold);
        }

        public Paused paused(String why) {
            return new Paused(why);
        }

        public Starting starting(String why) {
            return new Starting(why);
        }

        public Stopped stopped() {
            return new Stopped();
        }
    }

    /** Not receiving until the time of the next probe, so that no thread and no message waits. */
    record Parked(Hold hold) implements Idle {

        @Override
        public Optional<String> why() {
            return Optional.of(hold.reason() + ": " + hold.detail());
        }
    }

    /** Not receiving until the subscription is resumed. */
    record Paused(String reason) implements Idle {

        @Override
        public Optional<String> why() {
            return reason.isEmpty() ? Optional.empty() : Optional.of(reason);
        }
    }

    /** Stopped; this run of the subscription never starts again. */
    record Stopped() implements DeliveryState {}
}
