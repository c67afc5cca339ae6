package dev.rocketgateway.publish.admission;

import java.util.concurrent.atomic.AtomicInteger;

/** Runs an action once the last of several holders has let go. Begins with one holder: its maker. Thread-safe. */
public final class ReferenceCount {

    private final Runnable action;
    private final AtomicInteger holders = new AtomicInteger(1);

    public ReferenceCount(Runnable action) {
        this.action = action;
    }

    /** One holder more; to be called by a holder. */
    public void hold() {
        holders.incrementAndGet();
    }

    public void release() {
        if (holders.decrementAndGet() == 0) {
            action.run();
        }
    }
}
