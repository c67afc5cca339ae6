package dev.rocketgateway.rocketmq.admin;

import dev.rocketgateway.rocketmq.RocketMqConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Which brokers there are, also those that a name server does not tell of now. It forgets a broker when their connection ends, and
 * after its own restart it knows none until they register again, up to half a minute later. Thread-safe.
 */
@Singleton
class KnownBrokers {

    private final long memory;
    private final LongSupplier clock;
    private final Map<String, Long> seenAt = new ConcurrentHashMap<>();

    @Inject
    KnownBrokers(RocketMqConfig config) {
        this(config.absentBrokerTtl(), System::nanoTime);
    }

    KnownBrokers(Duration memory, LongSupplier clock) {
        this.memory = memory.toNanos();
        this.clock = clock;
    }

    /** A name server tells of these brokers. */
    void seen(Collection<String> names) {
        long now = clock.getAsLong();
        names.forEach(name -> seenAt.put(name, now));
    }

    /**
     * Names of the brokers that are away.
     *
     * @param present those a name server tells of
     */
    Set<String> away(Set<String> present) {
        long now = clock.getAsLong();
        seenAt.values().removeIf(at -> now - at > memory);
        var away = new TreeSet<>(seenAt.keySet());
        away.removeAll(present);
        return away;
    }
}
