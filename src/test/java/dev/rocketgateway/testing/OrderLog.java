package dev.rocketgateway.testing;

import dev.rocketgateway.testing.TestEndpoint.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an endpoint saw of messages whose bodies are {@code <group>:<number>}, from 0. Thread-safe.
 */
public final class OrderLog {

    private final Map<String, List<Integer>> firstAccepted = new TreeMap<>();
    private final Set<String> accepted = new HashSet<>();
    private final Map<String, Integer> attempts = new HashMap<>();
    private int duplicates;
    private int failed;
    private final List<String> miscounted = new ArrayList<>();

    /** Records a request and its answer. */
    public synchronized void record(Request request, boolean accepts) {
        var text = request.text();
        int attempt = Integer.parseInt(request.header("rocketmq-delivery-attempt"));
        if (accepted.contains(text)) {
            duplicates++;
            return;
        }
        int before = attempts.getOrDefault(text, 0);
        if (attempt != before + 1) {
            miscounted.add("%s: attempt %d after %d".formatted(text, attempt, before));
        }
        attempts.put(text, attempt);
        if (accepts) {
            accepted.add(text);
            var parts = text.split(":");
            firstAccepted.computeIfAbsent(parts[0], group -> new ArrayList<>()).add(Integer.parseInt(parts[1]));
        } else {
            failed++;
        }
    }

    /** Number of messages that were accepted. */
    public synchronized int accepted() {
        return accepted.size();
    }

    /** Number of requests for messages that were accepted before. */
    public synchronized int duplicates() {
        return duplicates;
    }

    /** Number of requests that were not accepted. */
    public synchronized int failed() {
        return failed;
    }

    /** Requests whose attempt is not the next one, before the message was accepted. */
    public synchronized List<String> miscounted() {
        return List.copyOf(miscounted);
    }

    /** The numbers of each group, in the order in which they were first accepted. */
    public synchronized Map<String, List<Integer>> firstAccepted() {
        return new TreeMap<>(firstAccepted);
    }
}
