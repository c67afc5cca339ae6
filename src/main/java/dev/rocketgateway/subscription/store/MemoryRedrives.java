package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.history.RedriveLog;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Records redriven dead letters in memory, for a gateway without a store. */
final class MemoryRedrives implements RedriveLog {

    private final Map<String, Set<StoredAt>> redriven = new ConcurrentHashMap<>();

    @Override
    public Set<StoredAt> redriven(String group) {
        return Set.copyOf(of(group));
    }

    @Override
    public void mark(String group, Collection<StoredAt> positions) {
        of(group).addAll(positions);
    }

    @Override
    public void forgetBelow(String group, String brokerName, long queueOffset) {
        of(group)
                .removeIf(position -> position.brokerName().equals(brokerName) && position.queueOffset() < queueOffset);
    }

    private Set<StoredAt> of(String group) {
        return redriven.computeIfAbsent(group, name -> ConcurrentHashMap.newKeySet());
    }
}
