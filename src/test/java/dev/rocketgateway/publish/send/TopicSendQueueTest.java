package dev.rocketgateway.publish.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.publish.FakePublisher;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.SendFailedException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicSendQueueTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private record Left(List<PendingSend> batch, CompletableFuture<Void> sent) {

        List<String> ids() {
            return batch.stream().map(pending -> pending.message().id()).toList();
        }

        void returns() {
            batch.forEach(pending -> pending.receipt()
                    .complete(FakePublisher.stored(pending.message())
                            .toCompletableFuture()
                            .join()));
            sent.complete(null);
        }
    }

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<Left> left = new CopyOnWriteArrayList<>();
    private final AtomicInteger idle = new AtomicInteger();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void sendsAMessageThatIsAloneAtOnceAndIsOverAfterIt() {
        var departures = departures(2, 256, LONG);

        assertThat(departures.add(pending("a"), 10)).isTrue();

        assertThat(ids()).containsExactly(List.of("a"));
        left.get(0).returns();
        assertThat(idle).hasValue(1);
        assertThat(departures.add(pending("b"), 10)).isFalse();
    }

    @Test
    void keepsWhatComesWhileAsManyAreUnderWayAndSendsItTogetherWhenOneReturns() {
        var departures = departures(2, 256, LONG);

        add(departures, "a", "b", "c", "d", "e");
        assertThat(ids()).containsExactly(List.of("a"), List.of("b"));
        left.get(1).returns();
        add(departures, "f");

        assertThat(ids()).containsExactly(List.of("a"), List.of("b"), List.of("c", "d", "e"));
        left.get(2).returns();
        assertThat(ids()).hasSize(4).last().isEqualTo(List.of("f"));
        left.get(0).returns();
        left.get(3).returns();
        assertThat(idle).hasValue(1);
    }

    /** So one at a time under load, when many leave together, and several where few come. */
    @Test
    void countsMessagesAndNotSends() {
        var departures = departures(2, 256, LONG);
        add(departures, "a", "b", "c", "d", "e");
        left.get(0).returns();
        add(departures, "f");

        left.get(1).returns();

        assertThat(ids()).last().isEqualTo(List.of("c", "d", "e"));
        left.get(2).returns();
        assertThat(ids()).last().isEqualTo(List.of("f"));
    }

    @Test
    void sendsOneMoreBesideAMessageThatIsTooLargeToLeaveWithOthers() {
        var departures = departures(2, 256, LONG);
        add(departures, "a", "b");
        departures.add(pending("large"), 200);
        departures.add(pending("larger"), 300);

        left.get(0).returns();
        assertThat(ids()).last().isEqualTo(List.of("large"));
        left.get(1).returns();

        assertThat(ids()).last().isEqualTo(List.of("larger"));
    }

    @Test
    void sendsNoMoreTogetherThanMessagesAndBytesAllow() {
        var departures = departures(1, 3, LONG);
        add(departures, "a", "b", "c", "d", "e");
        departures.add(pending("large"), 100);
        departures.add(pending("small"), 10);
        departures.add(pending("larger"), 1000);

        for (int i = 0; i < left.size(); i++) {
            left.get(i).returns();
        }

        assertThat(ids())
                .containsExactly(
                        List.of("a"),
                        List.of("b", "c", "d"),
                        List.of("e"),
                        List.of("large"),
                        List.of("small"),
                        List.of("larger"));
        assertThat(meters.get("gateway.publish.coalesced").summary().max()).isEqualTo(3);
        assertThat(meters.get("gateway.publish.coalescing.wait").timer().count())
                .isEqualTo(6);
    }

    @Test
    void sendsWhatHasWaitedLongEnoughThoughNothingReturns() {
        var departures = departures(1, 256, Duration.ofMillis(20));

        add(departures, "a", "b", "c");

        await().until(() -> ids().equals(List.of(List.of("a"), List.of("b", "c"))));
        add(departures, "d");
        await().until(() -> left.size() == 3);
        for (int i = 0; i < 3; i++) {
            left.get(i).returns();
        }
        assertThat(idle).hasValue(1);
    }

    @Test
    void sendsAllThatHasWaitedLongEnoughInAsManyAsItTakes() {
        var departures = departures(1, 2, Duration.ofMillis(20));

        add(departures, "a", "b", "c", "d", "e", "f");

        await().until(() -> ids().equals(List.of(List.of("a"), List.of("b", "c"), List.of("d", "e"), List.of("f"))));
        assertThat(meters.get("gateway.publish.coalesced").summary().count()).isEqualTo(4);
    }

    @Test
    void keepsToItsNumberAgainAfterMoreWereUnderWay() {
        var departures = departures(1, 256, Duration.ofMillis(20));
        add(departures, "a", "b");
        await().until(() -> left.size() == 2);
        left.get(0).returns();
        add(departures, "c");
        left.get(1).returns();

        assertThat(left).hasSize(3);
        left.get(2).returns();
        assertThat(idle).hasValue(1);
    }

    @Test
    void doesNotSendWhatNobodyWaitsForAnyMore() {
        var departures = departures(1, 256, LONG);
        add(departures, "a");
        var late = pending("late", Duration.ZERO);
        departures.add(late, 10);
        add(departures, "c");

        left.get(0).returns();

        assertThat(ids()).containsExactly(List.of("a"), List.of("c"));
        assertThatThrownBy(() -> late.receipt().join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(SendFailedException.class, failure -> {
                    assertThat(failure.reason()).isEqualTo(SendFailedException.Reason.TIMEOUT);
                    assertThat(failure.maybeStored()).isFalse();
                });
    }

    @Test
    void losesAndDoublesNothingWithManyThreads() throws Exception {
        var departures = new ArrayList<TopicSendQueue>();
        departures.add(departures(2, 16, Duration.ofMillis(1)));
        var done = IntStream.range(0, 8)
                .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 2_000; i++) {
                        var pending = pending(thread + "-" + i);
                        while (!current(departures).add(pending, 10)) {}
                        left.forEach(each -> {
                            if (left.remove(each)) {
                                each.returns();
                            }
                        });
                        pending.receipt().join();
                    }
                }))
                .toList();
        var all = CompletableFuture.allOf(done.toArray(CompletableFuture[]::new));
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            left.forEach(each -> {
                if (left.remove(each)) {
                    each.returns();
                }
            });
            return all.isDone();
        });

        all.join();
        assertThat(meters.get("gateway.publish.coalesced").summary().totalAmount())
                .isEqualTo(16_000);
    }

    private TopicSendQueue current(List<TopicSendQueue> departures) {
        synchronized (departures) {
            while (departures.size() <= idle.get()) {
                departures.add(departures(2, 16, Duration.ofMillis(1)));
            }
            return departures.get(departures.size() - 1);
        }
    }

    private void add(TopicSendQueue departures, String... ids) {
        for (var id : ids) {
            assertThat(departures.add(pending(id), 10)).isTrue();
        }
    }

    private List<List<String>> ids() {
        return left.stream().map(Left::ids).toList();
    }

    private TopicSendQueue departures(int threshold, int maxMessages, Duration maxWait) {
        var config = new PublishConfig.Coalescing() {
            @Override
            public boolean enabled() {
                return true;
            }

            @Override
            public int threshold() {
                return threshold;
            }

            @Override
            public int maxMessages() {
                return maxMessages;
            }

            @Override
            public Duration maxWait() {
                return maxWait;
            }
        };
        return new TopicSendQueue(
                config,
                105,
                vertx,
                new CoalescingMetrics(meters),
                batch -> {
                    var sent = new CompletableFuture<Void>();
                    left.add(new Left(batch, sent));
                    return sent;
                },
                over -> idle.incrementAndGet());
    }

    private static PendingSend pending(String id) {
        return pending(id, LONG);
    }

    private static PendingSend pending(String id, Duration timeout) {
        return PendingSend.of(
                new OutgoingMessage(
                        id,
                        new TopicName("t"),
                        new byte[] {1},
                        Optional.empty(),
                        List.of(),
                        Map.of(),
                        Optional.empty(),
                        Optional.empty()),
                timeout);
    }
}
