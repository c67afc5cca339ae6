package dev.rocketgateway.rocketmq.admin;

import dev.rocketgateway.message.BoundedThreads;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Runs route lookups on a few threads with a bounded queue. Callers choose the topics, and with a slow name server each topic could
 * hold a thread. A lookup that does not fit into the queue is refused, and its caller gets {@code overloaded}.
 */
@ApplicationScoped
class RouteThreads implements Executor {

    private static final int THREADS = 16;
    private static final int QUEUE = 1000;

    private final ThreadPoolExecutor threads = BoundedThreads.create("gateway-routes", THREADS, QUEUE);

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    @PreDestroy
    void stop() {
        threads.shutdownNow();
    }
}
