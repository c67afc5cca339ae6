package dev.rocketgateway.rocketmq.client;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;

/**
 * Lets the client write all requests that wait for a connection with one system call. By default, the client flushes each request, so
 * each request has a system call.
 *
 * <pre>
 * requests of other threads   A  B  C ──▶ the connection's network thread: A B C, then one flush
 * </pre>
 * A request that comes alone is flushed at once after it is written, so it does not wait. Netty calls this class for every client
 * connection of the process; it changes only connections of the RocketMQ client.
 */
public final class ConsolidatedFlushes extends ChannelInitializerExtension {

    private static final String CLIENT = "org.apache.rocketmq.remoting.";

    private static volatile boolean encrypted;

    /**
     * Makes Netty load this class. Must be called before the first connection of the process. Netty loads extensions only if this
     * property says so.
     */
    public static void enable() {
        System.setProperty(EXTENSIONS_SYSTEM_PROPERTY, "serviceload");
    }

    /**
     * Says whether the client's connections use TLS. Then this class changes nothing: the client encrypts on other threads, so a
     * request would cross two threads more.
     */
    static void encrypted(boolean tls) {
        encrypted = tls;
    }

    @Override
    public void postInitializeClientChannel(Channel channel) {
        var initializer = channel.pipeline().last();
        if (!encrypted
                && initializer != null
                && initializer.getClass().getName().startsWith(CLIENT)) {
            channel.pipeline()
                    .addFirst(new FlushConsolidationHandler(
                            FlushConsolidationHandler.DEFAULT_EXPLICIT_FLUSH_AFTER_FLUSHES, true));
        }
    }
}
