package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.history.Attempt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps the last attempts of each subscription in memory, for a gateway without a store. Thread-safe. */
final class MemoryAttempts implements AttemptHistory {

    private final StoreConfig.Attempts config;
    private final Map<String, Deque<Kept>> successes = new HashMap<>();
    private final Map<String, Deque<Kept>> failures = new HashMap<>();
    private long lastId;

    MemoryAttempts(StoreConfig.Attempts config) {
        this.config = config;
    }

    @Override
    public synchronized void record(Attempt attempt) {
        boolean succeeded = attempt.succeeded();
        var kept =
                (succeeded ? successes : failures).computeIfAbsent(attempt.subscription(), name -> new ArrayDeque<>());
        kept.addFirst(new Kept(++lastId, attempt));
        // At most 1000 failures, because these attempts are on the heap and not on a disk.
        int most = succeeded ? config.successes() : Math.min(config.failures(), 1000);
        if (kept.size() > most) {
            kept.removeLast();
        }
    }

    @Override
    public synchronized Map<String, Attempt> lastFailures(String subscription, Collection<String> messageIds) {
        var last = new HashMap<String, Attempt>();
        for (var kept : failures.getOrDefault(subscription, new ArrayDeque<>())) {
            if (messageIds.contains(kept.attempt().messageId())) {
                last.putIfAbsent(kept.attempt().messageId(), kept.attempt());
            }
        }
        return last;
    }

    @Override
    public synchronized List<Kept> find(Query query) {
        var all = new ArrayList<Kept>(successes.getOrDefault(query.subscription(), new ArrayDeque<>()));
        all.addAll(failures.getOrDefault(query.subscription(), new ArrayDeque<>()));
        return all.stream()
                .filter(kept -> query.matches(kept.attempt()))
                .filter(kept -> query.before().map(before -> kept.id() < before).orElse(true))
                .sorted((a, b) -> Long.compare(b.id(), a.id()))
                .limit(query.limit())
                .toList();
    }

    @Override
    public synchronized void forget(String subscription) {
        successes.remove(subscription);
        failures.remove(subscription);
    }

    @Override
    public long dropped() {
        return 0;
    }
}
