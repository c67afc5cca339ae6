package dev.rocketgateway.message;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Creates pools of separate threads for calls that may block for long, so that these calls occupy no shared threads. The number of
 * threads and the queue are bounded: a task that does not fit is refused with
 * {@link java.util.concurrent.RejectedExecutionException}.
 */
public final class BoundedThreads {

    private static final Duration IDLE = Duration.ofSeconds(30);

    private BoundedThreads() {}

    /**
     * @param name name of every thread; the threads are daemons and end when they are idle
     * @param queue number of tasks that can wait for a thread
     */
    public static ThreadPoolExecutor create(String name, int threads, int queue) {
        var pool = new ThreadPoolExecutor(
                threads, threads, IDLE.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(queue), task -> {
                    var thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
