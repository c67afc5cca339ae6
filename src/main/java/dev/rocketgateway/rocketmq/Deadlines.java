package dev.rocketgateway.rocketmq;

import java.time.Duration;
import org.jboss.logging.Logger;

/** Runs calls of the client that may never return: its shutdown waits for brokers that may be frozen. */
final class Deadlines {

    private static final Logger LOG = Logger.getLogger(Deadlines.class);

    private Deadlines() {}

    /**
     * Runs the call on a daemon thread of its own and waits for it, at most for the limit.
     *
     * @param what what the call does, for the log
     * @return whether it returned in time
     */
    static boolean runWithin(Duration limit, String what, Runnable call) {
        var thread = new Thread(call, "gateway-" + what.replace(' ', '-'));
        thread.setDaemon(true);
        thread.start();
        try {
            thread.join(Math.max(1, limit.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warnf("gave up waiting for the RocketMQ client to %s limit=%s", what, limit);
            return false;
        }
        return true;
    }
}
