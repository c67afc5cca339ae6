package dev.rocketgateway.rocketmq.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.util.ServiceLoader;
import org.apache.rocketmq.remoting.netty.NettyEncoder;
import org.junit.jupiter.api.Test;

class ConsolidatedFlushesTest {

    private static boolean consolidates(ChannelHandler initializer) {
        var channel = new EmbeddedChannel(initializer);
        new ConsolidatedFlushes().postInitializeClientChannel(channel);
        return channel.pipeline().first() instanceof FlushConsolidationHandler;
    }

    @Test
    void changesOnlyConnectionsOfTheRocketMqClient() {
        assertThat(consolidates(new NettyEncoder())).isTrue();
        assertThat(consolidates(new ChannelInboundHandlerAdapter())).isFalse();
    }

    @Test
    void changesNothingWithTls() {
        ConsolidatedFlushes.encrypted(true);
        try {
            assertThat(consolidates(new NettyEncoder())).isFalse();
        } finally {
            ConsolidatedFlushes.encrypted(false);
        }
    }

    @Test
    void isFoundByNetty() {
        assertThat(ServiceLoader.load(ChannelInitializerExtension.class))
                .singleElement()
                .isInstanceOf(ConsolidatedFlushes.class);
    }
}
