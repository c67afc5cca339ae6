package dev.rocketgateway.rocketmq.admin;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.rocketmq.produce.QueueChoice;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Decides which brokers to avoid, by their answers to sends and probes.
 *
 * <pre>
 * a broker is avoided while               | it is used again when
 * ----------------------------------------|-------------------------------------------------------------------------
 * a send waits for longer than stallAfter | it answers a send, or this send has ended
 * its last send failed                    | the next probe is answered; after several failures, a pause must end too
 * it does not answer a probe              | the next probe is answered
 * it is slow, and another one is fast     | it is fast again; it still gets one message a second
 * </pre>
 * A broker is avoided only if a message can go to another broker; see {@link QueueChoice}. Thread-safe; never blocks.
 */
@Singleton
public class BrokerHealth {

    private static final Logger LOG = Logger.getLogger(BrokerHealth.class);

    /** How often the set of avoided brokers is computed; a send in between costs a read of two fields. */
    private static final long VIEW_NANOS = Duration.ofMillis(50).toNanos();

    private static final long SAMPLE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long FIRST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

    /**
     * Time after which a send counts as forgotten: sometimes the client never reports the end of a send. Longer than any send may
     * take.
     */
    private static final long FORGOTTEN_NANOS = Duration.ofMinutes(1).toNanos();

    /** Number of failures after which a probe alone decides. After more failures, the broker is also avoided for a pause. */
    private static final int ACCIDENTS = 1;

    private static final int MANY_FAILURES = 6;

    /** A slow broker is this many times slower than the fastest one. */
    private static final int SLOWER = 4;

    private final long stallAfter;
    private final long slowAfter;
    private final LongSupplier clock;
    private final Map<String, Broker> brokers = new ConcurrentHashMap<>();
    private volatile Set<String> avoided = Set.of();
    private final AtomicLong viewedAt = new AtomicLong();

    @Inject
    BrokerHealth(RocketMqConfig config) {
        this(config.brokerHealth().stallAfter(), config.brokerHealth().slowAfter(), System::nanoTime);
    }

    BrokerHealth(Duration stallAfter, Duration slowAfter, LongSupplier clock) {
        this.stallAfter = stallAfter.toNanos();
        this.slowAfter = slowAfter.toNanos();
        this.clock = clock;
        viewedAt.set(clock.getAsLong() - VIEW_NANOS);
    }

    /** One send to a broker, which ends in one of four ways. */
    public interface Attempt {

        /** The broker accepted the message. */
        void answered();

        /**
         * The broker answered but refused the message. It is available, but the time of a refusal says nothing about its speed.
         */
        void refused();

        /** The broker did not answer or could not be reached. */
        void failed();

        /** The send says nothing about the broker, because the message was not sent to it. */
        void abandoned();
    }

    /** Records the start of a send. */
    public Attempt begin(String brokerName) {
        return brokers.computeIfAbsent(brokerName, Broker::new).begin();
    }

    /**
     * Records the end of a probe.
     *
     * @param begun start of the probe, by {@link System#nanoTime}
     * @param unansweredFor how long a broker without an answer is avoided, if no other probe follows
     */
    void probed(String brokerName, boolean answered, long begun, Duration unansweredFor) {
        brokers.computeIfAbsent(brokerName, Broker::new).probed(answered, begun, unansweredFor.toNanos());
        viewedAt.set(clock.getAsLong() - VIEW_NANOS);
        avoided();
    }

    /** Names of the brokers to avoid now. */
    public Set<String> avoided() {
        long now = clock.getAsLong();
        long viewed = viewedAt.get();
        if (now - viewed >= VIEW_NANOS && viewedAt.compareAndSet(viewed, now)) {
            var before = avoided;
            var next = look(now);
            if (!next.equals(before)) {
                avoided = next;
                tell(before, next);
            }
        }
        return avoided;
    }

    /** Whether the broker does not answer; false for a slow broker. */
    public boolean isSilent(String brokerName) {
        var broker = brokers.get(brokerName);
        return broker != null && broker.isSilent(clock.getAsLong());
    }

    /** Whether the next message may go to this slow broker, as a sample; true once a second. */
    public boolean claimSample(String brokerName) {
        var broker = brokers.get(brokerName);
        if (broker == null || !broker.sampleDue.get() || !broker.sampleDue.compareAndSet(true, false)) {
            return false;
        }
        broker.sampledAt = clock.getAsLong();
        return true;
    }

    private static void tell(Set<String> before, Set<String> next) {
        next.stream()
                .filter(broker -> !before.contains(broker))
                .forEach(broker ->
                        LOG.warnf("broker is slow or does not answer, messages go to other brokers broker=%s", broker));
        before.stream()
                .filter(broker -> !next.contains(broker))
                .forEach(broker -> LOG.infof("broker answers again and gets messages again broker=%s", broker));
    }

    private Set<String> look(long now) {
        var found = new HashSet<String>();
        long fastest = Long.MAX_VALUE;
        for (var broker : brokers.values()) {
            if (broker.isSilent(now)) {
                found.add(broker.name);
            } else if (broker.hasLatency(now)) {
                fastest = Math.min(fastest, broker.latency);
            }
        }
        for (var broker : brokers.values()) {
            if (!found.contains(broker.name)
                    && broker.hasLatency(now)
                    && broker.latency > slowAfter
                    && broker.latency / SLOWER > fastest) {
                found.add(broker.name);
                if (now - broker.sampledAt >= SAMPLE_NANOS) {
                    broker.sampleDue.set(true);
                }
            }
        }
        return found.isEmpty() ? Set.of() : Set.copyOf(found);
    }

    /** The health of one broker. Its fields are written without a lock, because a lost update costs only one sample. */
    private final class Broker {

        private final String name;
        private final AtomicInteger inFlight = new AtomicInteger();

        /** The time since which a send is waiting and none was answered. */
        private volatile long waitingSince;

        /** Moving average of the latency in nanoseconds; 0 if unknown. */
        private volatile long latency;

        private volatile long answeredAt;

        private volatile int failures;
        private volatile long failedAt;
        private volatile long avoidUntil;
        private volatile long sampledAt;
        private final AtomicBoolean sampleDue = new AtomicBoolean();

        Broker(String name) {
            this.name = name;
            this.avoidUntil = clock.getAsLong();
            this.sampledAt = avoidUntil - SAMPLE_NANOS;
        }

        /** Whether the latency is recent; an old one says nothing. */
        boolean hasLatency(long now) {
            return latency > 0 && now - answeredAt < FORGOTTEN_NANOS;
        }

        public boolean isSilent(long now) {
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

        /** Not below zero, because a send that counted as forgotten can still end. */
        private void ended() {
            inFlight.updateAndGet(open -> Math.max(0, open - 1));
        }

        public Attempt begin() {
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
                    viewedAt.set(now - VIEW_NANOS);
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
    }
}
