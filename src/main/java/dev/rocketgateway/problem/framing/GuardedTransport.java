package dev.rocketgateway.problem.framing;

import dev.rocketgateway.problem.HttpConfig;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.VertxServiceProvider;
import java.time.Duration;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Puts a {@link RequestGuard} or {@link Http2RequestGuard} on every connection of the HTTP server, between the decoder and
 * everything else, and {@link NoSniffing} before the encoder of HTTP/1.
 *
 * <pre>
 * HTTP/1: bytes ──▶ HeadDeadline ──▶ ChunkGuard ──▶ decoder ──▶ RequestGuard ──▶ upgrade to HTTP/2 ──▶ Vert.x ──▶ Quarkus ──▶ filters ──▶ routes
 * HTTP/2: bytes ──▶ decoder ──▶ Http2RequestGuard ──────────────────────▶ Vert.x ──▶ …
 * </pre>
 * Filters run too late for this check: the upgrade and Quarkus answer some requests before any filter sees them, and keep the
 * connection open.
 */
final class GuardedTransport extends JDKTransport {

    private static final String DECODER = "httpDecoder";
    private static final String ENCODER = "httpEncoder";
    private static final NoSniffing NO_SNIFFING = new NoSniffing();

    /** Registers this transport with Vert.x. */
    public static final class Provider implements VertxServiceProvider {

        @Override
        public void init(VertxBuilder builder) {
            if (!(builder.findTransport() instanceof JDKTransport)) {
                throw new IllegalStateException(
                        "The gateway cannot check requests on a native transport of Vert.x. Set quarkus.vertx.prefer-native-transport to false.");
            }
            builder.findTransport(new GuardedTransport());
        }
    }

    @Override
    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
        super.configure(options, domainSocket, bootstrap);
        // A server of another protocol has no such decoder.
        var server = bootstrap.config().childHandler();
        bootstrap.childHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                HeldConnections.ofThisJvm().begin(channel, () -> guard(channel, server));
            }
        });
    }

    /**
     * Adds the guards as soon as the server has added its decoder. The server does so immediately, after the first bytes, or after
     * the TLS handshake. It always adds the decoder after the existing handlers.
     */
    private static void guard(Channel channel, ChannelHandler server) {
        var pipeline = channel.pipeline();
        var deadline = new HeadDeadline(DECODER, GuardedTransport::headTimeout);
        pipeline.addLast(deadline);
        pipeline.addLast(server);
        if (pipeline.get(DECODER) != null) {
            guardRequests(pipeline, deadline);
            return;
        }
        pipeline.addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object bytes) {
                if (pipeline.get(DECODER) != null) {
                    guardRequests(pipeline, deadline);
                } else {
                    Http2RequestGuard.guard(pipeline);
                }
                pipeline.remove(this);
                context.fireChannelRead(bytes);
            }
        });
    }

    private static void guardRequests(ChannelPipeline pipeline, HeadDeadline deadline) {
        var requests = new RequestGuard(deadline);
        pipeline.addAfter(DECODER, null, requests);
        pipeline.addBefore(DECODER, null, new ChunkGuard(requests, pipeline.context(DECODER)));
        pipeline.addAfter(ENCODER, null, NO_SNIFFING);
    }

    private static Duration headTimeout() {
        return ConfigProvider.getConfig()
                .unwrap(SmallRyeConfig.class)
                .getConfigMapping(HttpConfig.class)
                .headTimeout();
    }
}
