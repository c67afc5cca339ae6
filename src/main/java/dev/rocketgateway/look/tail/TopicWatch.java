package dev.rocketgateway.look.tail;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.look.LookThreads;
import dev.rocketgateway.look.TopicReads;
import dev.rocketgateway.look.TopicReads.Queue;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Watches the ends of a topic's queues for all tails of the topic. Each queue needs only one waiting read for any number of tails.
 * Thread-safe.
 */
final class TopicWatch {

    private static final Logger LOG = Logger.getLogger(TopicWatch.class);

    /** How long a broker holds a waiting read. Brokers also hold the reads of consumers for 15 s. */
    private static final Duration HOLD = Duration.ofSeconds(15);

    /** Pause after a new end. In a busy topic, messages are then read in larger pieces, with fewer reads. */
    private static final long AFTER_NEWS_MILLIS = 20;

    private static final long AFTER_FAILURE_MILLIS = 1000;

    private final TopicName topic;
    private final TopicReads reads;
    private final LookThreads threads;
    private final Vertx vertx;
    private final Map<Queue, Long> ends = new ConcurrentHashMap<>();
    private final Set<Tail> tails = new CopyOnWriteArraySet<>();
    private volatile boolean stopped;
    private long refreshTimer;

    TopicWatch(TopicName topic, TopicReads reads, LookThreads threads, Vertx vertx) {
        this.topic = topic;
        this.reads = reads;
        this.threads = threads;
        this.vertx = vertx;
    }

    void start(Duration refresh) {
        refreshTimer = vertx.setPeriodic(refresh.toMillis(), timer -> refresh());
        refresh();
    }

    void stop() {
        stopped = true;
        vertx.cancelTimer(refreshTimer);
    }

    void add(Tail tail) {
        tails.add(tail);
    }

    /** Removes a tail. Returns whether no tail is left. */
    boolean remove(Tail tail) {
        tails.remove(tail);
        return tails.isEmpty();
    }

    /** The queues whose broker has answered. */
    Set<Queue> queues() {
        return ends.keySet();
    }

    /** The offset after the last known message; null before the broker has answered. */
    @Nullable
    Long end(Queue queue) {
        return ends.get(queue);
    }

    private void refresh() {
        try {
            threads.run(this::findQueues);
        } catch (GatewayException overloaded) {
            LOG.debugf("the queues of a topic could not be looked up, will be retried topic=%s", topic);
        }
    }

    private boolean findQueues() {
        for (var queue : reads.queues(topic)) {
            if (!stopped && !ends.containsKey(queue)) {
                try {
                    ends.put(queue, reads.offset(topic, queue, new Start.Latest()));
                    notifyTails();
                    await(queue);
                } catch (SourceUnavailableException silent) {
                    LOG.debugf("a queue does not answer, will be retried topic=%s queue=%s", topic, queue);
                }
            }
        }
        return true;
    }

    private void await(Queue queue) {
        if (stopped) {
            return;
        }
        long before = ends.getOrDefault(queue, 0L);
        long asked = System.nanoTime();
        reads.awaitEnd(topic, queue, before, HOLD).whenComplete((end, failure) -> {
            if (failure != null) {
                LOG.debugf(failure, "a queue does not answer, will be retried topic=%s queue=%s", topic, queue);
                again(queue, AFTER_FAILURE_MILLIS);
            } else if (end == before) {
                // A pause, because a broker without long polling answers at once.
                boolean held = System.nanoTime() - asked > HOLD.toNanos() / 2;
                again(queue, held ? 1 : AFTER_FAILURE_MILLIS);
            } else {
                ends.put(queue, end);
                if (end < before) {
                    // The broker has lost its last messages. New messages get offsets that were used before.
                    tails.forEach(tail -> tail.truncated(queue, end));
                }
                notifyTails();
                again(queue, AFTER_NEWS_MILLIS);
            }
        });
    }

    private void again(Queue queue, long millis) {
        if (!stopped) {
            vertx.setTimer(millis, timer -> await(queue));
        }
    }

    private void notifyTails() {
        tails.forEach(Tail::wake);
    }
}
