package dev.rocketgateway.look.tail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.look.LookThreads;
import dev.rocketgateway.look.TopicReads;
import dev.rocketgateway.look.TopicReads.Queue;
import dev.rocketgateway.message.TopicName;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TailPositionTest {

    private static final TopicName TOPIC = new TopicName("orders");
    private static final Queue A = new Queue("a", 0);
    private static final Queue B = new Queue("b", 0);

    private final Vertx vertx = Vertx.vertx();
    private final LookThreads threads = new LookThreads("test");
    private final AtomicLong clock = new AtomicLong();
    private final Map<Queue, Long> ends = new ConcurrentHashMap<>();
    private final TopicWatch watch = new TopicWatch(TOPIC, new FakeReads(), threads, vertx);

    private final class FakeReads implements TopicReads {

        @Override
        public Set<Queue> queues(TopicName topic) {
            return ends.keySet();
        }

        @Override
        public long offset(TopicName topic, Queue queue, Start position) {
            return ends.get(queue);
        }

        @Override
        public CompletableFuture<Batch> read(TopicName topic, Queue queue, long offset, int limit, String tags) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<Long> awaitEnd(TopicName topic, Queue queue, long end, Duration limit) {
            return new CompletableFuture<>();
        }
    }

    @BeforeEach
    void watch() {
        ends.put(A, 10L);
        ends.put(B, 20L);
        watch.start(Duration.ofHours(1));
        Awaitility.await().until(() -> watch.queues().size() == 2);
    }

    @AfterEach
    void stop() {
        watch.stop();
        threads.stop();
        vertx.close();
    }

    private TailPosition position(boolean live, long a, long b) {
        var next = new TreeMap<>(Map.of(A, a, B, b));
        return new TailPosition(new OffsetVector(7, next), live, 5, 100, clock::get);
    }

    @Test
    void takesQueuesInTurnUntilNoneHasMore() {
        var position = position(false, 8, 19);

        assertThat(position.nextPending(watch)).isEqualTo(A);
        assertThat(position.nextPending(watch)).isEqualTo(B);
        position.move(B, 20);
        assertThat(position.nextPending(watch)).isEqualTo(A);
        position.move(A, 10);
        assertThat(position.nextPending(watch)).isNull();
        assertThat(position.id()).isEqualTo("7~a:10,b:20");
    }

    @Test
    void leavesAQueueOutForATime() {
        var position = position(false, 8, 19);
        position.skipFor(A, 1);

        assertThat(position.nextPending(watch)).isEqualTo(B);
        assertThat(position.nextPending(watch)).isEqualTo(B);
        clock.addAndGet(1_000_000);
        assertThat(position.nextPending(watch)).isEqualTo(A);
    }

    @Test
    void dropsWhenTheCallerIsTooFarBehindForTooLong() {
        var position = position(true, 8, 16);

        position.observe(watch);
        clock.addAndGet(99);
        position.observe(watch);
        assertThat(position.dropIfSlow(watch)).isEmpty();
        clock.addAndGet(1);
        position.observe(watch);
        assertThat(position.dropIfSlow(watch)).isEqualTo(List.of(new Gap(A, 8, 10), new Gap(B, 16, 20)));
        assertThat(position.id()).isEqualTo("7~a:10,b:20");
        assertThat(position.dropIfSlow(watch)).isEmpty();
    }

    @Test
    void dropsNothingIfTheCallerCatchesUpInTime() {
        var position = position(true, 8, 16);
        position.observe(watch);
        clock.addAndGet(50);
        position.move(A, 9);
        position.observe(watch);
        clock.addAndGet(1000);
        position.observe(watch);

        assertThat(position.dropIfSlow(watch)).isEmpty();
    }

    @Test
    void dropsNothingBeforeTheTailHasBeenAtTheEnd() {
        var position = position(false, 0, 0);
        position.observe(watch);
        clock.addAndGet(1000);
        position.observe(watch);
        assertThat(position.dropIfSlow(watch)).isEmpty();

        position.move(A, 10);
        position.move(B, 20);
        assertThat(position.nextPending(watch)).isNull();
        position.truncate(B, 3);
        position.observe(watch);
        clock.addAndGet(1000);
        assertThat(position.dropIfSlow(watch)).isEqualTo(List.of(new Gap(B, 3, 20)));
    }

    @Test
    void isNotAtTheEndOfAQueueWhoseEndIsUnknown() {
        var next = new TreeMap<>(Map.of(A, 10L, B, 20L, new Queue("c", 0), 0L));
        var position = new TailPosition(new OffsetVector(7, next), false, 5, 100, clock::get);
        assertThat(position.nextPending(watch)).isNull();

        position.truncate(B, 3);
        position.observe(watch);
        clock.addAndGet(1000);
        position.observe(watch);
        assertThat(position.dropIfSlow(watch)).isEmpty();
    }

    @Test
    void asksOnceWhereANewQueueBegins() {
        var position = new TailPosition(new OffsetVector(7, new TreeMap<>(Map.of(A, 1L))), true, 5, 100, clock::get);

        assertThat(position.unlocated(watch)).isEqualTo(List.of(B));
        assertThat(position.unlocated(watch)).isEmpty();
        position.located(B, null);
        assertThat(position.unlocated(watch)).isEqualTo(List.of(B));
        position.located(B, 4L);
        assertThat(position.unlocated(watch)).isEmpty();
        assertThat(position.id()).isEqualTo("7~a:1,b:4");
    }
}
