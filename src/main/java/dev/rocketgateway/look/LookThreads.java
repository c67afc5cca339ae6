package dev.rocketgateway.look;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.message.BoundedThreads;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;

/**
 * Runs calls that look at topics on a few threads with a bounded queue, and refuses calls when the queue is full. The threads are separate
 * from other threads, because a frozen broker can block all of them.
 */
@Singleton
public class LookThreads {

    private static final int THREADS = 8;
    private static final int QUEUE = 256;

    private final ThreadPoolExecutor threads;

    @Inject
    LookThreads() {
        this("gateway-look");
    }

    /** Creates threads for work that must not delay the requests of callers. */
    public LookThreads(String name) {
        this.threads = BoundedThreads.create(name, THREADS, QUEUE);
    }

    /**
     * Runs the task, which may block. If the task fails, the stage fails with the error for the caller.
     *
     * @throws GatewayException {@code overloaded} if too many tasks wait
     */
    public <T> CompletableFuture<T> run(Supplier<T> task) {
        try {
            return CompletableFuture.supplyAsync(() -> translated(task), threads);
        } catch (RejectedExecutionException full) {
            throw GatewayException.causedBy(
                    full, ProblemType.OVERLOADED, "Too many requests of this kind are running. Try again later.");
        }
    }

    private static <T> T translated(Supplier<T> task) {
        try {
            return task.get();
        } catch (SourceUnavailableException e) {
            throw GatewayException.causedBy(
                    e,
                    e.isRefused() ? ProblemType.BROKER_REFUSED : ProblemType.BROKER_UNAVAILABLE,
                    "The broker did not complete the request: %s.".formatted(e.getMessage()));
        }
    }

    @PreDestroy
    public void stop() {
        threads.shutdownNow();
    }
}
