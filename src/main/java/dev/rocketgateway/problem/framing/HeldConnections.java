package dev.rocketgateway.problem.framing;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lets new connections wait while the certificate of the server is replaced.
 *
 * <p>Vert.x has no TLS context from the start of a replacement to its end, and would close every connection that arrives in between.
 *
 * <p>Connections arrive on event loops; a certificate is replaced on a thread that may block.
 */
final class HeldConnections {

    private static final HeldConnections OF_THIS_JVM = new HeldConnections();

    /** Number of event loop tasks that a new connection needs until it has its TLS handler. */
    private static final int TASKS = 2;

    private final List<Runnable> waiting = new ArrayList<>();
    private volatile boolean held;

    /**
     * The only instance of this JVM. The transport and the certificate listener share it, because Vert.x creates one and Quarkus
     * the other.
     */
    static HeldConnections ofThisJvm() {
        return OF_THIS_JVM;
    }

    /** Adds the handlers of a new connection, now or after the replacement. Called on the event loop of the connection. */
    void begin(Channel channel, Runnable addHandlers) {
        if (!held || !isAdded(channel, addHandlers)) {
            addHandlers.run();
        }
    }

    private synchronized boolean isAdded(Channel channel, Runnable addHandlers) {
        if (!held) {
            return false;
        }
        // Without handlers, what is read would be lost.
        channel.config().setAutoRead(false);
        waiting.add(() -> channel.eventLoop().execute(() -> {
            addHandlers.run();
            channel.config().setAutoRead(true);
        }));
        return true;
    }

    /**
     * Makes new connections wait until {@link #release}. Returns when the connections that arrived before have their handlers.
     * Waits for each task of an event loop at most for the limit.
     */
    void hold(EventLoopGroup eventLoops, Duration limit) throws InterruptedException {
        synchronized (this) {
            held = true;
        }
        for (int task = 0; task < TASKS; task++) {
            for (var eventLoop : eventLoops) {
                eventLoop.submit(() -> {}).await(limit.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    synchronized void release() {
        held = false;
        waiting.forEach(Runnable::run);
        waiting.clear();
    }
}
