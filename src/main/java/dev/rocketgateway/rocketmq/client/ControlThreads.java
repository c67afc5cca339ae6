package dev.rocketgateway.rocketmq.client;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Threads for probes and fences, which must run regardless of callers. Before Java 21, all blocking sends share the service's
 * worker threads, and a frozen broker can hold all of them.
 */
@ApplicationScoped
public class ControlThreads implements Executor {

    private final ExecutorService threads = Executors.newCachedThreadPool(new ThreadFactoryBuilder()
            .setNameFormat("gateway-control")
            .setDaemon(true)
            .build());

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    @PreDestroy
    void stop() {
        threads.shutdownNow();
    }
}
