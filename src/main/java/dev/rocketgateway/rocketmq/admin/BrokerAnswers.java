package dev.rocketgateway.rocketmq.admin;

import dev.rocketgateway.rocketmq.admin.BrokerHealth.Attempt;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Records how one broker answers sends and probes: whether it is silent, and how fast it is.
 *
 * <p>Thread-safe. The fields are written without a lock, because a lost update costs only one sample.
 */
final class BrokerAnswers {

    private static final long SAMPLE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

    /**
     * Time after which a send counts as forgotten: sometimes the client never reports the end of a send. Longer than any send may
     * take.
     */
    private static final long FORGOTTEN_NANOS = Duration.ofMinutes(1).toNanos();

    /**
     * Maximum number of failures after which one answered probe is enough to use the broker again. After more failures, a pause
     * must end too.
     */
    private static final int ACCIDENTS = 1;

    private static final int MANY_FAILURES = 6;

    private final String name;
    private final long stallAfter;
    private final LongSupplier clock;
    private final AtomicInteger inFlight = new AtomicInteger();

    /** The time since which sends wait and none of them was answered. */
    private volatile long waitingSince;

    /** Moving average of the latency in nanoseconds; 0 if unknown. */
    private volatile long latency;

    private volatile long answeredAt;

    private volatile int failures;
    private volatile long failedAt;
    private volatile long avoidUntil;
    private volatile long sampledAt;
    private final AtomicBoolean sampleDue = new AtomicBoolean();

    /**
     * @param clock {@link System#nanoTime}
     */
    BrokerAnswers(String name, Duration stallAfter, LongSupplier clock) {
        this.name = name;
        this.stallAfter = stallAfter.toNanos();
        this.clock = clock;
        this.avoidUntil = clock.getAsLong();
        this.sampledAt = avoidUntil - SAMPLE_NANOS;
    }

    String name() {
        return name;
    }

    /** Moving average of the time until an answer, in nanoseconds. */
    long latency() {
        return latency;
    }

    /** Whether the latency is recent; an old latency does not describe the broker. */
    boolean hasLatency(long now) {
        return latency > 0 && now - answeredAt < FORGOTTEN_NANOS;
    }

    /**
     * Whether the broker counts as silent: for a pause after a failure, or while a send waits for longer than {@code stallAfter}.
     */
    boolean isSilent(long now) {
        if (now - avoidUntil < 0) {
            return true;
        }
        if (inFlight.get() == 0 || now - waitingSince <= stallAfter) {
            return false;
        }
        if (now - waitingSince > FORGOTTEN_NANOS) {
            inFlight.set(0);
            return false;
        }
        return true;
    }

    /** Counts the end of a send. The count does not fall below zero, because a send that counted as forgotten can still end. */
    private void ended() {
        inFlight.updateAndGet(open -> Math.max(0, open - 1));
    }

    /**
     * Records the start of a send.
     *
     * @param onFailure runs when the send fails
     */
    Attempt begin(Runnable onFailure) {
        long begun = clock.getAsLong();
        if (inFlight.getAndIncrement() == 0) {
            waitingSince = begun;
        }
        return new Attempt() {
            @Override
            public void answered() {
                long now = clock.getAsLong();
                refused();
                long took = Math.max(1, now - begun);
                boolean isKnown = hasLatency(now);
                answeredAt = now;
                latency = isKnown ? latency + (took - latency) / 4 : took;
            }

            @Override
            public void refused() {
                waitingSince = clock.getAsLong();
                ended();
                failures = 0;
            }

            @Override
            public void abandoned() {
                ended();
            }

            @Override
            public void failed() {
                long now = clock.getAsLong();
                waitingSince = now;
                ended();
                // Sends that failed at the same time count once.
                if (failures == 0 || begun - failedAt >= 0) {
                    failures = Math.min(failures + 1, MANY_FAILURES);
                }
                failedAt = now;
                avoidUntil = now + Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << failures);
                onFailure.run();
            }
        };
    }

    void probed(boolean answered, long begun, long unansweredFor) {
        long now = clock.getAsLong();
        if (!answered) {
            avoidUntil = Math.max(avoidUntil, now + unansweredFor);
        } else if (failures <= ACCIDENTS && begun - failedAt >= 0) {
            avoidUntil = now;
        }
    }

    /** Lets one message go to this broker although it is slow, at most one a second. */
    void offerSample(long now) {
        if (now - sampledAt >= SAMPLE_NANOS) {
            sampleDue.set(true);
        }
    }

    /** Whether the caller's message may go to this broker although it is slow. True once for each offer. */
    boolean claimSample() {
        if (!sampleDue.get() || !sampleDue.compareAndSet(true, false)) {
            return false;
        }
        sampledAt = clock.getAsLong();
        return true;
    }
}
