package dev.rocketgateway.problem.framing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeldConnectionsTest {

    private final HeldConnections connections = new HeldConnections();
    private final DefaultEventLoopGroup eventLoops = new DefaultEventLoopGroup(2);
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private int begun;

    @AfterEach
    void stop() {
        eventLoops.shutdownGracefully();
    }

    private void begin() {
        connections.begin(channel, () -> begun++);
    }

    private void hold() throws InterruptedException {
        connections.hold(eventLoops, Duration.ofSeconds(10));
    }

    @Test
    void beginsAtOnceWhenNothingIsReplaced() {
        begin();

        assertThat(begun).isOne();
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void waitsAndReadsNothingDuringAReplacement() throws InterruptedException {
        hold();

        begin();
        channel.runPendingTasks();

        assertThat(begun).isZero();
        assertThat(channel.config().isAutoRead()).isFalse();
    }

    @Test
    void beginsAndReadsAfterTheReplacement() throws InterruptedException {
        hold();
        begin();

        connections.release();
        channel.runPendingTasks();

        assertThat(begun).isOne();
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void beginsOnceOverSeveralReplacements() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            hold();
            begin();
            connections.release();
            channel.runPendingTasks();
        }
        begin();

        assertThat(begun).isEqualTo(4);
    }
}
