package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Chooses the queue of a message that may go to any queue of its topic. Prefers queues of brokers that were not tried and are not
 * avoided, then queues of brokers that were not tried, then any queue. Chooses at random among the preferred queues. A broker that
 * is avoided because it is slow still gets one message a second. Thread-safe; never blocks.
 */
public final class QueueChoice {

    private final BrokerHealth health;

    public QueueChoice(BrokerHealth health) {
        this.health = health;
    }

    /**
     * @param queues at least one
     * @param tried names of the brokers that this message was sent to without success
     */
    public MessageQueue next(List<MessageQueue> queues, Set<String> tried) {
        var avoided = health.avoided();
        if (avoided.isEmpty() && tried.isEmpty()) {
            return queues.get(ThreadLocalRandom.current().nextInt(queues.size()));
        }
        if (tried.isEmpty()) {
            for (var queue : queues) {
                if (avoided.contains(queue.getBrokerName()) && health.claimSample(queue.getBrokerName())) {
                    return queue;
                }
            }
        }
        Predicate<MessageQueue> untried = queue -> !tried.contains(queue.getBrokerName());
        Predicate<MessageQueue> good = untried.and(queue -> !avoided.contains(queue.getBrokerName()));
        for (var wanted : List.of(good, untried, (Predicate<MessageQueue>) queue -> true)) {
            int qualified = count(queues, wanted);
            if (qualified > 0) {
                return pick(queues, qualified, wanted);
            }
        }
        throw new IllegalArgumentException("the topic has no queues");
    }

    /** The queues of brokers that are not avoided, or all queues if every broker is avoided. */
    public List<MessageQueue> preferred(List<MessageQueue> queues) {
        var avoided = health.avoided();
        if (avoided.isEmpty()) {
            return queues;
        }
        var good = queues.stream()
                .filter(queue -> !avoided.contains(queue.getBrokerName()))
                .toList();
        return good.isEmpty() ? queues : good;
    }

    /** Whether the message could go to a broker that was not tried and is not avoided. */
    public boolean hasAnother(List<MessageQueue> queues, Set<String> tried) {
        var avoided = health.avoided();
        return count(
                        queues,
                        queue -> !tried.contains(queue.getBrokerName()) && !avoided.contains(queue.getBrokerName()))
                > 0;
    }

    private static int count(List<MessageQueue> queues, Predicate<MessageQueue> wanted) {
        int found = 0;
        for (var queue : queues) {
            if (wanted.test(queue)) {
                found++;
            }
        }
        return found;
    }

    private static MessageQueue pick(List<MessageQueue> queues, int qualified, Predicate<MessageQueue> wanted) {
        int left = ThreadLocalRandom.current().nextInt(qualified);
        for (var queue : queues) {
            if (wanted.test(queue) && left-- == 0) {
                return queue;
            }
        }
        throw new IllegalStateException("no queue qualifies");
    }
}
