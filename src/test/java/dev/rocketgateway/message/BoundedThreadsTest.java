package dev.rocketgateway.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoundedThreadsTest {

    private final ThreadPoolExecutor threads = BoundedThreads.create("gateway-test", 2, 1);
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    @AfterEach
    void stop() {
        end.complete(null);
        threads.shutdownNow();
    }

    @Test
    void refusesATaskWhenAllThreadsAndTheQueueAreFull() {
        for (int i = 0; i < 3; i++) {
            threads.execute(end::join);
        }

        assertThatThrownBy(() -> threads.execute(end::join)).isInstanceOf(RejectedExecutionException.class);
        assertThat(threads.getPoolSize()).isEqualTo(2);
    }

    @Test
    void namesItsThreadsAndDoesNotKeepTheProcessAlive() {
        var thread =
                CompletableFuture.supplyAsync(Thread::currentThread, threads).join();

        assertThat(thread.getName()).isEqualTo("gateway-test");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(threads.allowsCoreThreadTimeOut()).isTrue();
    }
}
