package dev.rocketgateway.rocketmq.client;

import dev.rocketgateway.message.Durations;
import java.time.Duration;
import org.apache.rocketmq.client.impl.MQClientAPIImpl;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.remoting.netty.NettyEvent;
import org.apache.rocketmq.remoting.netty.NettyEventType;
import org.apache.rocketmq.remoting.netty.NettyRemotingAbstract;
import org.jboss.logging.Logger;

/** Shuts a producer or consumer of the client down within a time limit, because the client would wait for frozen brokers. */
public final class ClientShutdown {

    private static final Logger LOG = Logger.getLogger(ClientShutdown.class);

    private static final Duration NUDGE_INTERVAL = Duration.ofMillis(50);

    private ClientShutdown() {}

    /**
     * Runs the shutdown on a daemon thread of its own and waits for it, at most for the limit.
     *
     * @param what name of the producer or consumer, for the log
     * @param client the connections and threads of the producer or consumer
     * @return whether the shutdown ended in time
     */
    public static boolean within(Duration limit, String what, MQClientInstance client, Runnable shutdown) {
        return within(limit, what, client.getMQClientAPIImpl(), shutdown);
    }

    /** The same for a client that has connections only. */
    public static boolean within(Duration limit, String what, MQClientAPIImpl client, Runnable shutdown) {
        var thread = new Thread(shutdown, "gateway-close-" + what.replace(' ', '-'));
        thread.setDaemon(true);
        thread.start();
        if (!ended(thread, limit, client)) {
            LOG.warnf("the RocketMQ client did not close in time what=%s limit=%s", what, Durations.format(limit));
            return false;
        }
        return true;
    }

    private static boolean ended(Thread thread, Duration limit, MQClientAPIImpl client) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            while (System.nanoTime() < end) {
                // The shutdown waits for a thread that checks for the stop after each event, or every three seconds.
                nudgeEvents(client);
                thread.join(NUDGE_INTERVAL.toMillis());
                if (!thread.isAlive()) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** Wakes the thread that handles connection events of the client, with an event without effect. */
    private static void nudgeEvents(MQClientAPIImpl client) {
        if (client.getRemotingClient() instanceof NettyRemotingAbstract remoting) {
            remoting.putNettyEvent(new NettyEvent(NettyEventType.IDLE, "none", null));
        }
    }
}
