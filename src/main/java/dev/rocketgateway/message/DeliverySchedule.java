package dev.rocketgateway.message;

import java.time.Duration;
import java.time.Instant;

/** The time of delivery of a message that is not delivered immediately. The broker keeps the message until this time. */
public sealed interface DeliverySchedule {

    /** Delivered this long after the broker has stored the message. */
    record After(Duration delay) implements DeliverySchedule {

        public After {
            if (delay.isNegative() || delay.isZero()) {
                throw new IllegalArgumentException("a delay must be more than 0, but is " + Durations.format(delay));
            }
        }
    }

    /** Delivered at this time by the broker's clock; immediately if the time has passed. */
    record At(Instant time) implements DeliverySchedule {}

    /**
     * Delivered after one of the broker's fixed delays, for brokers without other delays ({@code messageDelayLevel}).
     *
     * @param level 1 to 18; by default 1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h
     */
    record Level(int level) implements DeliverySchedule {

        /** The highest level of a broker with the default settings. */
        public static final int MAX = 18;

        public Level {
            if (level < 1 || level > MAX) {
                throw new IllegalArgumentException("a delay level must be 1 to %d, but is %d".formatted(MAX, level));
            }
        }
    }
}
