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

    /** How often the set of avoided brokers is computed. In between, a send only reads two fields. */
    private static final long VIEW_NANOS = Duration.ofMillis(50).toNanos();

    /** A slow broker is this many times slower than the fastest one. */
    private static final int SLOWER = 4;

    private final Duration stallAfter;
    private final long slowAfter;
    private final LongSupplier clock;
    private final Map<String, BrokerAnswers> brokers = new ConcurrentHashMap<>();
    private volatile Set<String> avoided = Set.of();
    private final AtomicLong viewedAt = new AtomicLong();

    @Inject
    BrokerHealth(RocketMqConfig config) {
        this(config.brokerHealth().stallAfter(), config.brokerHealth().slowAfter(), System::nanoTime);
    }

    /**
     * @param clock nanoseconds, as in {@link System#nanoTime}
     */
    public BrokerHealth(Duration stallAfter, Duration slowAfter, LongSupplier clock) {
        this.stallAfter = stallAfter;
        this.slowAfter = slowAfter.toNanos();
        this.clock = clock;
        lookAgain();
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
        return of(brokerName).begin(this::lookAgain);
    }

    /**
     * Records the end of a probe.
     *
     * @param begun start of the probe, by {@link System#nanoTime}
     * @param unansweredFor how long a broker without an answer is avoided, if no other probe follows
     */
    void probed(String brokerName, boolean answered, long begun, Duration unansweredFor) {
        of(brokerName).probed(answered, begun, unansweredFor.toNanos());
        lookAgain();
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
                log(before, next);
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
        return broker != null && broker.claimSample();
    }

    private BrokerAnswers of(String brokerName) {
        return brokers.computeIfAbsent(brokerName, name -> new BrokerAnswers(name, stallAfter, clock));
    }

    private void lookAgain() {
        viewedAt.set(clock.getAsLong() - VIEW_NANOS);
    }

    private static void log(Set<String> before, Set<String> next) {
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
                found.add(broker.name());
            } else if (broker.hasLatency(now)) {
                fastest = Math.min(fastest, broker.latency());
            }
        }
        for (var broker : brokers.values()) {
            if (!found.contains(broker.name())
                    && broker.hasLatency(now)
                    && broker.latency() > slowAfter
                    && broker.latency() / SLOWER > fastest) {
                found.add(broker.name());
                broker.offerSample(now);
            }
        }
        return found.isEmpty() ? Set.of() : Set.copyOf(found);
    }
}
