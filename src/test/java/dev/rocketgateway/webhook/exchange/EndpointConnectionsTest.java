package dev.rocketgateway.webhook.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.webhook.exchange.EndpointConnections.OpenExchange;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.impl.ContextInternal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndpointConnectionsTest {

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(3));

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private EndpointConnections connections(int maxConnections) {
        return connections(maxConnections, false);
    }

    private EndpointConnections connections(int maxConnections, boolean http2) {
        return new EndpointConnections(
                LoopContexts.of(vertx),
                new EndpointConnections.Settings(
                        new HttpClientOptions(), http2, Duration.ofMinutes(5), Duration.ofSeconds(10)),
                maxConnections);
    }

    private static OpenExchange begin(EndpointConnections connections) {
        return Objects.requireNonNull(connections.begin());
    }

    private static List<ContextInternal> loops(EndpointConnections connections, int exchanges) {
        var loops = new ArrayList<ContextInternal>();
        for (int i = 0; i < exchanges; i++) {
            loops.add(begin(connections).connections().loop());
        }
        return loops;
    }

    @Test
    void spreadsExchangesOverTheEventLoops() {
        assertThat(loops(connections(256), 9).stream().distinct())
                .hasSize(3)
                .allSatisfy(loop -> assertThat(loop.isEventLoopContext()).isTrue());
    }

    @Test
    void usesOneEventLoopForExchangesThatFollowEachOther() {
        var connections = connections(256);
        var first = begin(connections);
        first.end();

        assertThat(begin(connections).connections()).isSameAs(first.connections());
    }

    @Test
    void beginsOnTheEventLoopWithTheFewestExchanges() {
        var connections = connections(256);
        begin(connections);
        var second = begin(connections);
        begin(connections);
        second.end();

        assertThat(begin(connections).connections()).isSameAs(second.connections());
    }

    @Test
    void usesNoMoreEventLoopsThanConnections() {
        assertThat(loops(connections(2), 9).stream().distinct()).hasSize(2);
        assertThat(loops(connections(1), 9).stream().distinct()).hasSize(1);
    }

    @Test
    void usesOneEventLoopForHttp2() {
        assertThat(loops(connections(256, true), 9).stream().distinct()).hasSize(1);
    }

    @Test
    void beginsWithAnotherEventLoopForEachEndpoint() {
        var firsts = new ArrayList<Object>();
        for (int i = 0; i < 3; i++) {
            firsts.add(loops(connections(256), 1).get(0).nettyEventLoop());
        }

        assertThat(firsts).doesNotHaveDuplicates();
    }

    @Test
    void takesNoExchangeWhenItIsRetired() {
        var connections = connections(256);
        var running = begin(connections);

        connections.retire();

        assertThat(connections.begin()).isNull();
        running.end();
        assertThat(connections.begin()).isNull();
    }
}
