package dev.rocketgateway.webhook.exchange;

import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Creates a context on each event loop. */
final class LoopContexts {

    private static final AtomicInteger TURN = new AtomicInteger();

    private LoopContexts() {}

    /** One context for each event loop, beginning with another loop each time, so that endpoints with few webhooks use all loops. */
    static List<ContextInternal> of(Vertx vertx) {
        var owner = (VertxInternal) vertx;
        var contexts = new ArrayList<ContextInternal>();
        for (var loop : owner.getEventLoopGroup()) {
            contexts.add(owner.createEventLoopContext(
                    (EventLoop) loop, null, Thread.currentThread().getContextClassLoader()));
        }
        Collections.rotate(contexts, TURN.getAndIncrement() % contexts.size());
        return List.copyOf(contexts);
    }
}
