package dev.rocketgateway.deliver.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class FairPermitsTest {

    private final FairPermits places = new FairPermits(2);
    private final List<String> served = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Thread> thread = new CompletableFuture<>();

    private boolean take(String name) {
        return places.takeOr(() -> served.add(name));
    }

    /** Takes a permit on a thread that waits for it. */
    private CompletableFuture<Boolean> waiting() {
        var taken = CompletableFuture.supplyAsync(
                () -> {
                    places.take();
                    served.add("thread");
                    return Thread.currentThread().isInterrupted();
                },
                task -> {
                    thread.complete(new Thread(task));
                    thread.join().start();
                });
        await().until(() -> taken.isDone() || thread.join().getState() == Thread.State.WAITING);
        return taken;
    }

    @Test
    void givesWhatIsFree() {
        assertThat(take("a")).isTrue();
        assertThat(take("b")).isTrue();
        assertThat(take("c")).isFalse();
        assertThat(served).isEmpty();
    }

    @Test
    void servesThreadsAndOthersInTurn() {
        places.take();
        places.take();
        take("first");
        var taken = waiting();
        take("last");

        places.release();
        assertThat(served).containsExactly("first");
        places.release();
        taken.join();
        places.release();

        assertThat(served).containsExactly("first", "thread", "last");
    }

    @Test
    void letsNobodyPassThoseWhoWait() {
        places.take();
        places.take();
        take("first");
        places.change(1);
        places.release();

        assertThat(take("second")).isFalse();
        assertThat(served).isEmpty();
    }

    @Test
    void hasFewerPlacesAsSoonAsFewerAreWantedAndThoseTakenAreGivenBack() {
        places.take();
        places.take();

        places.change(1);
        places.release();
        take("next");
        assertThat(served).isEmpty();

        places.release();
        assertThat(served).containsExactly("next");
    }

    @Test
    void hasMorePlacesAtOnce() {
        places.take();
        places.take();
        take("third");
        take("fourth");
        take("fifth");

        places.change(4);

        assertThat(served).containsExactly("third", "fourth");
    }

    @Test
    void mayTakeAndReleaseWhileItIsServed() {
        places.take();
        places.take();
        places.takeOr(() -> {
            served.add("outer");
            places.release();
            assertThat(take("inner")).isTrue();
        });

        places.release();

        assertThat(served).containsExactly("outer");
        assertThat(take("next")).isFalse();
    }

    @Test
    void waitsOnWhenItIsInterrupted() {
        places.take();
        places.take();
        var taken = waiting();

        thread.join().interrupt();
        await().until(() -> thread.join().getState() == Thread.State.WAITING);
        assertThat(taken).isNotDone();
        places.release();

        assertThat(taken.join()).isTrue();
    }
}
