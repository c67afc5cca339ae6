package dev.rocketgateway.deliver.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class FairPermitsTest {

    private final FairPermits places = new FairPermits(3);
    private final List<String> served = new CopyOnWriteArrayList<>();

    private CompletableFuture<Integer> taking(String name, int atMost) {
        var thread = new CompletableFuture<Thread>();
        var taken = CompletableFuture.supplyAsync(
                () -> {
                    int count = places.take(atMost);
                    served.add(name);
                    return count;
                },
                task -> {
                    thread.complete(new Thread(task));
                    thread.join().start();
                });
        await().until(() -> taken.isDone() || thread.join().getState() == Thread.State.WAITING);
        return taken;
    }

    @Test
    void givesAllThatIsWantedOrAllThereIs() {
        assertThat(places.take(2)).isEqualTo(2);
        places.release(2);
        assertThat(places.take(9)).isEqualTo(3);
    }

    @Test
    void waitsUntilThereIsAllThatIsWanted() {
        places.take(3);
        var two = taking("two", 2);

        places.release(1);
        assertThat(two).isNotDone();
        places.release(1);

        assertThat(two.join()).isEqualTo(2);
    }

    @Test
    void servesInTurn() {
        places.take(3);
        var three = taking("three", 3);
        var one = taking("one", 1);

        places.release(2);
        assertThat(three).isNotDone();
        assertThat(one).isNotDone();
        places.release(1);
        three.join();
        assertThat(one).isNotDone();
        places.release(3);
        one.join();

        assertThat(served).containsExactly("three", "one");
    }

    @Test
    void hasFewerPlacesAsSoonAsFewerAreWantedAndThoseTakenAreGivenBack() {
        places.take(3);

        places.change(1);
        places.release(2);
        var next = taking("next", 1);
        assertThat(next).isNotDone();

        places.release(1);
        assertThat(next.join()).isEqualTo(1);
    }

    @Test
    void hasMorePlacesAtOnce() {
        places.take(3);
        var next = taking("next", 2);

        places.change(5);

        assertThat(next.join()).isEqualTo(2);
    }

    @Test
    void letsThoseWhoWantMoreThanThereStillAreTakeWhatThereIs() {
        places.take(3);
        var next = taking("next", 3);

        places.change(1);
        places.release(3);

        assertThat(next.join()).isEqualTo(1);
    }

    @Test
    void waitsOnWhenItIsInterrupted() {
        places.take(3);
        var thread = new CompletableFuture<Thread>();
        var taken = CompletableFuture.supplyAsync(
                () -> places.take(1) + (Thread.currentThread().isInterrupted() ? " interrupted" : ""), task -> {
                    thread.complete(new Thread(task));
                    thread.join().start();
                });
        await().until(() -> thread.join().getState() == Thread.State.WAITING);

        thread.join().interrupt();
        places.release(1);

        assertThat(taken.join()).isEqualTo("1 interrupted");
    }
}
