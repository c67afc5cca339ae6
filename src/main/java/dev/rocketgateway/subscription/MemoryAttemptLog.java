package dev.rocketgateway.subscription;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/** Attempts where nothing is kept: the last of each subscription, until the process ends. */
@ApplicationScoped
class MemoryAttemptLog implements AttemptLog {

    private static final int KEPT = 1000;

    private final Map<String, Queue<Attempt>> attempts = new HashMap<>();

    @Override
    public synchronized void record(Attempt attempt) {
        var ofSubscription = attempts.computeIfAbsent(attempt.subscription(), name -> new ArrayDeque<>());
        ofSubscription.add(attempt);
        if (ofSubscription.size() > KEPT) {
            ofSubscription.remove();
        }
    }

    @Override
    public synchronized Map<String, Attempt> lastFailures(String subscription, Collection<String> messageIds) {
        var failures = new HashMap<String, Attempt>();
        for (var attempt : attempts.getOrDefault(subscription, new ArrayDeque<>())) {
            if (!attempt.succeeded() && messageIds.contains(attempt.messageId())) {
                failures.put(attempt.messageId(), attempt);
            }
        }
        return failures;
    }

    @Override
    public long dropped() {
        return 0;
    }
}
