package dev.rocketgateway.rocketmq.admin;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for route look-ups, few and with a bounded queue: callers choose the topics, and a slow name server must not let
 * each of them hold a thread. What does not fit is refused, which the caller sees as {@code overloaded}.
 */
@ApplicationScoped
class RouteThreads implements Executor {

    private static final int THREADS = 16;
    private static final int QUEUE = 1000;

    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), task -> {
                var thread = new Thread(task, "gateway-routes");
                thread.setDaemon(true);
                return thread;
            });

    RouteThreads() {
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    @PreDestroy
    void stop() {
        threads.shutdownNow();
    }
}
