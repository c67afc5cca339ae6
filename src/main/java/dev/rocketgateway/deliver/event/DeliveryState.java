package dev.rocketgateway.deliver.event;

import dev.rocketgateway.deliver.MessageSource.Consumption;
import dev.rocketgateway.deliver.breaker.Hold;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a subscription is in its life on this replica; each state offers only the moves it allows.
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

    /** For metrics and logs; in capitals the phase of the status. */
    default String label() {
        return getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** Why it does not run, for people. */
    default Optional<String> why() {
        return Optional.empty();
    }

    /** A state in which nothing is received. */
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

    /** Not receiving yet, and tried again and again. */
    record Starting(String reason) implements Idle {

        @Override
        public Optional<String> why() {
            return Optional.of(reason);
        }
    }

    /** Refused for a reason somebody has to mend; tried again all the same. */
    record Failed(String reason) implements Idle {

        @Override
        public Optional<String> why() {
            return Optional.of(reason);
        }
    }

    /** Receiving and delivering. */
    record Running(Consumption consumption) implements Receiving {

        public Holding holding(Hold hold) {
            return new Holding(consumption, hold);
        }
    }

    /** Receiving, and holding back what was received. */
    record Holding(Consumption consumption, Hold hold) implements Receiving {

        @Override
        public Optional<String> why() {
            return Optional.of(hold.reason() + ": " + hold.detail());
        }

        public Running released() {
            return new Running(consumption);
        }
    }

    /** Receives nothing new; what is under way may finish. */
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

    /** Not receiving until it is time to see whether the endpoint is back: no threads, no messages. */
    record Parked(Hold hold) implements Idle {

        @Override
        public Optional<String> why() {
            return Optional.of(hold.reason() + ": " + hold.detail());
        }
    }

    /** Not receiving until somebody resumes it. */
    record Paused(String reason) implements Idle {

        @Override
        public Optional<String> why() {
            return reason.isEmpty() ? Optional.empty() : Optional.of(reason);
        }
    }

    /** At its end. */
    record Stopped() implements DeliveryState {}
}
