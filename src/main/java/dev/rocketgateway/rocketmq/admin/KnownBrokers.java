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
 * Remembers brokers that a name server does not list now. A name server drops a broker when the connection between them ends. After
 * its own restart, a name server lists no broker until the brokers register again, up to 30 seconds later. Thread-safe.
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

    /** Records the brokers that a name server lists. */
    void seen(Collection<String> names) {
        long now = clock.getAsLong();
        names.forEach(name -> seenAt.put(name, now));
    }

    /**
     * Names of the brokers that are away: a name server listed them before, but does not list them now.
     *
     * @param present names of the brokers that a name server lists
     */
    Set<String> away(Set<String> present) {
        long now = clock.getAsLong();
        seenAt.values().removeIf(at -> now - at > memory);
        var away = new TreeSet<>(seenAt.keySet());
        away.removeAll(present);
        return away;
    }
}
