package dev.rocketgateway.deliver.lease;

import dev.rocketgateway.deliver.MessageLeases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A broker in memory: what is there can be taken once, and the test completes each wait. */
final class FakeLeases implements MessageLeases {

    final Queue<Leased> stored = new ConcurrentLinkedQueue<>();
    final Queue<CompletableFuture<Boolean>> waits = new ConcurrentLinkedQueue<>();
    final List<String> calls = new ArrayList<>();
    /** The next calls that throw instead of failing. */
    final AtomicInteger broken = new AtomicInteger();

    final AtomicInteger awaited = new AtomicInteger();
    CompletableFuture<Void> answer = CompletableFuture.completedFuture(null);

    @Override
    public synchronized CompletableFuture<List<Leased>> take(Selection from, int max, Duration visibility) {
        throwIfBroken();
        var taken = new ArrayList<Leased>();
        while (taken.size() < max && !stored.isEmpty()) {
            taken.add(stored.remove());
        }
        return CompletableFuture.completedFuture(taken);
    }

    @Override
    public CompletableFuture<Boolean> await(Selection from, Duration wait) {
        throwIfBroken();
        awaited.incrementAndGet();
        var call = new CompletableFuture<Boolean>();
        waits.add(call);
        return call;
    }

    private void throwIfBroken() {
        if (broken.get() > 0 && broken.getAndDecrement() > 0) {
            throw new IllegalStateException("broken");
        }
    }

    @Override
    public CompletableFuture<Void> acknowledge(Lease lease) {
        return call("ack " + lease.checkpoint());
    }

    @Override
    public CompletableFuture<Lease> extend(Lease lease, Duration visibility) {
        return call("extend " + lease.checkpoint())
                .thenApply(done -> new Lease(lease.group(), lease.topic(), lease.checkpoint() + "'"));
    }

    @Override
    public CompletableFuture<Void> deadLetter(Leased message) {
        return call("dead letter " + message.lease().checkpoint());
    }

    private synchronized CompletableFuture<Void> call(String call) {
        calls.add(call);
        return answer;
    }

    /** Ends the oldest wait. */
    void announce(boolean some) {
        waits.remove().complete(some);
    }
}
