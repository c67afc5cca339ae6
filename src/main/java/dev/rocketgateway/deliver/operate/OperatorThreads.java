package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.message.BoundedThreads;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.StoreUnavailableException;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Supplier;

/**
 * Runs the requests of operators on a few threads with a bounded queue, and refuses requests that do not fit. The threads are
 * separate, because all of them may wait for a frozen broker; they are few, because callers must not occupy an unlimited number.
 */
@ApplicationScoped
class OperatorThreads {

    private static final int THREADS = 8;
    private static final int QUEUE = 64;

    private final ThreadPoolExecutor threads = BoundedThreads.create("gateway-operator", THREADS, QUEUE);

    /** Runs the task, which may block. If the task fails, the stage fails with the error for the caller. */
    <T> CompletionStage<T> run(Supplier<T> task) {
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
        } catch (StoreUnavailableException e) {
            throw GatewayException.causedBy(e, ProblemType.STORE_UNAVAILABLE, "The database does not answer.");
        }
    }

    @PreDestroy
    void stop() {
        threads.shutdownNow();
    }
}
