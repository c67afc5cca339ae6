package dev.rocketgateway.message;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;

/**
 * Runs tasks on the threads of another executor, at most a few at a time, in the order in which they come. So tasks that hang occupy few
 * of its threads. Thread-safe.
 */
public final class LimitedExecutor implements Executor {

    private final Executor shared;
    private final Semaphore free;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /**
     * @param atOnce maximum number of tasks that run at the same time
     */
    public LimitedExecutor(Executor shared, int atOnce) {
        this.shared = shared;
        this.free = new Semaphore(atOnce);
    }

    /**
     * @throws RejectedExecutionException if the other executor refuses the task
     */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        runNext();
    }

    private void runNext() {
        while (!tasks.isEmpty() && free.tryAcquire()) {
            var task = tasks.poll();
            if (task == null) {
                free.release();
                continue;
            }
            try {
                shared.execute(() -> run(task));
            } catch (RuntimeException | Error refused) {
                free.release();
                throw refused;
            }
            return;
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            free.release();
            runNext();
        }
    }
}
