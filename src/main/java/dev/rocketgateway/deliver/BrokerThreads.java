package dev.rocketgateway.deliver;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.message.BoundedThreads;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;

/**
 * Runs requests that wait for a broker on a few threads with a bounded queue, and refuses requests that do not fit. The threads are
 * separate, because all of them can wait for a frozen broker; they are few, because callers must not occupy an unlimited number.
 *
 * <p>Thread-safe.
 */
public class BrokerThreads {

    private final ThreadPoolExecutor threads;

    /**
     * @param name of the threads
     * @param queue maximum number of requests that wait for a thread
     */
    public BrokerThreads(String name, int threads, int queue) {
        this.threads = BoundedThreads.create(name, threads, queue);
    }

    /**
     * Runs the task, which may block. If the task fails, the future fails with the error for the caller: {@code broker-refused} or
     * {@code broker-unavailable} for a {@link SourceUnavailableException}.
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
                    "The request was not completed: %s.".formatted(e.getMessage()));
        }
    }

    /** Interrupts what runs and drops what waits. */
    public void stop() {
        threads.shutdownNow();
    }
}
