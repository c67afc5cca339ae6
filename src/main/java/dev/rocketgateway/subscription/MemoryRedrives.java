package dev.rocketgateway.subscription;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Redriven dead letters where nothing is kept: known until the process ends. */
final class MemoryRedrives implements RedriveLog {

    private final Map<String, Set<StoredAt>> redriven = new ConcurrentHashMap<>();

    @Override
    public Set<StoredAt> redriven(String subscription) {
        return Set.copyOf(of(subscription));
    }

    @Override
    public void mark(String subscription, Collection<StoredAt> positions) {
        of(subscription).addAll(positions);
    }

    @Override
    public void forgetBelow(String subscription, String brokerName, long queueOffset) {
        of(subscription)
                .removeIf(position -> position.brokerName().equals(brokerName) && position.queueOffset() < queueOffset);
    }

    private Set<StoredAt> of(String subscription) {
        return redriven.computeIfAbsent(subscription, name -> ConcurrentHashMap.newKeySet());
    }
}
