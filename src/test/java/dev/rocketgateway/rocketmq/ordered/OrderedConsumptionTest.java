package dev.rocketgateway.rocketmq.ordered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.deliver.MessageSource.Limits;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.rocketmq.ordered.OrderedConsumption.QueueName;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OrderedConsumptionTest {

    private static final QueueName A0 = new QueueName("a", 0, false);
    private static final QueueName A1 = new QueueName("a", 1, false);
    private static final QueueName B0 = new QueueName("b", 0, false);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Map<QueueName, FakeQueue> created = new ConcurrentHashMap<>();
    private final CompletableFuture<Settlement> delivery = new CompletableFuture<>();
    private final Turns turns = new Turns(1);
    private Supplier<Set<QueueName>> present = Set::of;
    private final OrderedConsumption consumption = new OrderedConsumption(() -> present.get(), this::queue, turns);

    private OrderedQueue queue(QueueName name) {
        var calls = new FakeQueue();
        calls.messages.add(FakeQueue.message(name.toString(), 1));
        created.put(name, calls);
        return new OrderedQueue(
                name.toString(), calls, turns, timer, new Deliveries(threads, (message, held) -> delivery.join()));
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        timer.shutdownNow();
    }

    private long taken() {
        return created.values().stream()
                .filter(calls -> calls.calls().contains("take"))
                .count();
    }

    @Test
    void servesAsManyQueuesAtOnceAsTheLimitSays() {
        consumption.serve(Set.of(A0, A1, B0));
        await().until(() -> taken() == 1);

        consumption.adjust(new Limits(2, 1, 2, 17));

        await().until(() -> taken() == 2);
        delivery.complete(new Settlement.Acknowledge());
        await().until(() -> taken() == 3);
        assertThat(consumption.delayLevels().roundedUp(Duration.ofMillis(1234))).isEqualTo(Duration.ofMillis(1234));
    }

    @Test
    void servesNewQueuesAndKeepsThoseOfABrokerThatIsAway() {
        consumption.serve(Set.of(A0, B0));

        present = () -> Set.of(A0, A1);
        consumption.refresh();
        assertThat(created).containsOnlyKeys(A0, A1, B0);
        present = () -> {
            throw new SourceUnavailableException("no name server answers", null);
        };
        consumption.refresh();
        created.clear();
        present = () -> Set.of(A0, B0);
        consumption.refresh();
        assertThat(created).isEmpty();
        present = () -> Set.of(A0, A1);
        consumption.refresh();

        assertThat(created).as("A1 had ended").containsOnlyKeys(A1);
    }

    @Test
    void drainsWhenTheMessagesInHandAreSettled() {
        consumption.serve(Set.of(A0, A1));
        await().until(() -> taken() == 1);
        var drained = CompletableFuture.supplyAsync(() -> consumption.drain(Duration.ofMinutes(1)), threads);

        delivery.complete(new Settlement.Acknowledge());

        assertThat(drained.join()).isTrue();
    }

    @Test
    void releasesWhatIsStillInFlightAtTheEndOfTheDrain() {
        consumption.serve(Set.of(A0));
        await().until(() -> taken() == 1);

        assertThat(consumption.drain(Duration.ofMillis(1))).isFalse();

        await().until(() -> created.get(A0).calls().contains("extend PT1S"));
    }
}
