package dev.rocketgateway.rocketmq.ordered;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource.Consumption;
import dev.rocketgateway.deliver.MessageSource.Limits;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The consumption of an ordered subscription: serves all queues of its topic, but only a limited number of queues at once. One thread at a
 * time calls {@link #refresh} and {@link #drain}.
 */
final class OrderedConsumption implements Consumption {

    private static final Logger LOG = Logger.getLogger(OrderedConsumption.class);

    /** Time to wait for the broker to confirm the messages that are released at the end of a drain. */
    private static final Duration FOR_THE_RELEASE = Duration.ofSeconds(2);

    private final Supplier<Set<QueueName>> present;
    private final Function<QueueName, OrderedQueue> creation;
    private final Turns turns;
    private final Map<QueueName, OrderedQueue> queues = new HashMap<>();

    /**
     * @param present returns the queues of all brokers that answer
     * @param creation creates a queue without starting it
     */
    OrderedConsumption(Supplier<Set<QueueName>> present, Function<QueueName, OrderedQueue> creation, Turns turns) {
        this.present = present;
        this.creation = creation;
        this.turns = turns;
    }

    /**
     * A queue.
     *
     * @param retry whether this is the queue of the retry topic, which has the redriven messages
     */
    record QueueName(String brokerName, int queueId, boolean retry) {

        @Override
        public String toString() {
            return retry ? brokerName + "/retry" : brokerName + "/" + queueId;
        }
    }

    /** Starts to serve new queues, and stops to serve removed queues. Queues of a broker that does not answer are kept. */
    void serve(Set<QueueName> found) {
        queues.entrySet().removeIf(known -> {
            boolean gone = !found.contains(known.getKey())
                    && found.stream().anyMatch(other -> other.brokerName()
                            .equals(known.getKey().brokerName()));
            if (gone) {
                known.getValue().close();
            }
            return gone;
        });
        for (var queue : found) {
            if (!queues.containsKey(queue)) {
                var created = creation.apply(queue);
                queues.put(queue, created);
                created.start();
            }
        }
    }

    @Override
    public void refresh() {
        try {
            serve(present.get());
        } catch (SourceUnavailableException e) {
            LOG.debug("the queues of a topic could not be looked up, will be retried", e);
        }
    }

    @Override
    public void adjust(Limits limits) {
        turns.change(limits.calls());
    }

    @Override
    public DelayLevels delayLevels() {
        return DelayLevels.EXACT;
    }

    @Override
    public boolean drain(Duration limit) {
        queues.values().forEach(OrderedQueue::close);
        boolean finished = awaitIdle(limit);
        if (!finished) {
            queues.values().forEach(OrderedQueue::release);
            awaitIdle(FOR_THE_RELEASE);
        }
        return finished;
    }

    private boolean awaitIdle(Duration limit) {
        try {
            CompletableFuture.allOf(
                            queues.values().stream().map(OrderedQueue::idle).toArray(CompletableFuture<?>[]::new))
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException bug) {
            throw new IllegalStateException(bug);
        } catch (TimeoutException late) {
            return false;
        }
    }
}
