package dev.rocketgateway.publish.admission;

import java.util.concurrent.atomic.AtomicInteger;

/** Runs an action when the last of several holders has released it. Starts with one holder, the creator. Thread-safe. */
public final class ReferenceCount {

    private final Runnable action;
    private final AtomicInteger holders = new AtomicInteger(1);

    public ReferenceCount(Runnable action) {
        this.action = action;
    }

    /** Adds a holder; must be called by a holder. */
    public void hold() {
        holders.incrementAndGet();
    }

    public void release() {
        if (holders.decrementAndGet() == 0) {
            action.run();
        }
    }
}
