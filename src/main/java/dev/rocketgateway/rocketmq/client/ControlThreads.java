package dev.rocketgateway.rocketmq.client;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Runs probes of brokers, and the fences of {@code OnewayWindow}, on threads of their own. These tasks must run even if callers
 * hold all other threads: before Java 21, all blocking sends share the service's worker threads, and a frozen broker can hold all
 * of these.
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
