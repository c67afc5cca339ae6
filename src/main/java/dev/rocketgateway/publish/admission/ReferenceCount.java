package dev.rocketgateway.publish.admission;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the holders of a resource, and runs an action when the last holder releases it. The creator is the first holder.
 * Thread-safe.
 */
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
