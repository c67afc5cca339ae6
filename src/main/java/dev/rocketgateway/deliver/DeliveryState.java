package dev.rocketgateway.deliver;

import dev.rocketgateway.deliver.MessageSource.Consumption;

/**
 * Where a subscription is in its life; each state offers only the moves it allows.
 *
 * <pre>
 *              started
 *   Starting ──────────▶ Running ──▶ Draining ──▶ Stopped
 *      │  ▲ not yet                                  ▲
 *      └──┴──────────────────────────────────────────┘
 * </pre>
 */
sealed interface DeliveryState {

    /** For metrics and logs. */
    String label();

    /**
     * Not receiving yet, and tried again and again.
     *
     * @param reason why not yet, for people
     */
    record Starting(String reason) implements DeliveryState {

        @Override
        public String label() {
            return "starting";
        }

        Running started(Consumption consumption) {
            return new Running(consumption);
        }

        Starting notYet(String why) {
            return new Starting(why);
        }

        Stopped stopped() {
            return new Stopped();
        }
    }

    /** Receiving and delivering. */
    record Running(Consumption consumption) implements DeliveryState {

        @Override
        public String label() {
            return "running";
        }

        Draining draining() {
            return new Draining(consumption);
        }
    }

    /** Receives nothing new; what is under way may finish. */
    record Draining(Consumption consumption) implements DeliveryState {

        @Override
        public String label() {
            return "draining";
        }

        Stopped stopped() {
            return new Stopped();
        }
    }

    /** At its end. */
    record Stopped() implements DeliveryState {

        @Override
        public String label() {
            return "stopped";
        }
    }
}
