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

    /** From the first event loop task of a connection to its last before it has its TLS handler. */
    private static final int TASKS = 2;

    private final List<Runnable> waiting = new ArrayList<>();
    private volatile boolean held;

    /** Vert.x makes the transport, and Quarkus the listener: they have nothing else in common. */
    static HeldConnections ofThisJvm() {
        return OF_THIS_JVM;
    }

    /** Adds the handlers of a new connection, now or after the replacement. On the event loop of the connection. */
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

    /** From now on, connections wait. Returns when, within the limit, those that began before have their handlers. */
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
