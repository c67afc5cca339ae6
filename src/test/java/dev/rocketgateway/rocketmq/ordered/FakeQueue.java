package dev.rocketgateway.rocketmq.ordered;

import dev.rocketgateway.rocketmq.pop.Checkpoint;
import dev.rocketgateway.rocketmq.pop.PopClient.Arrival;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;

/** A queue of a broker that does what the test says, and lists its calls. */
final class FakeQueue implements QueueCalls {

    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final List<String> attemptIds = Collections.synchronizedList(new ArrayList<>());

    /** The answers to the next calls of each kind; without one, a call succeeds. */
    final Map<String, Deque<CompletableFuture<?>>> answers = new HashMap<>();

    final Deque<MessageExt> messages = new ArrayDeque<>();

    /** The wait that is running. */
    volatile CompletableFuture<Arrival> waiting = new CompletableFuture<>();

    volatile long position = 8;

    /** Runs in each take, on the thread of its caller. */
    volatile Runnable onTake = () -> {};

    /** A message at offset 7. */
    static MessageExt message(String id, int attempt) {
        var message = new MessageExt();
        message.setMsgId(id);
        message.setTopic("orders");
        message.setBrokerName("broker-a");
        message.setQueueId(3);
        message.setQueueOffset(7);
        message.setReconsumeTimes(attempt - 1);
        MessageAccessor.putProperty(message, MessageConst.PROPERTY_POP_CK, "7 1764380000000 30000 999 0 broker-a 3 7");
        return message;
    }

    synchronized void answer(String call, CompletableFuture<?> next) {
        answers.computeIfAbsent(call, kind -> new ArrayDeque<>()).add(next);
    }

    void fail(String call) {
        answer(call, CompletableFuture.failedFuture(new IllegalStateException("the broker is away")));
    }

    @SuppressWarnings("unchecked")
    private synchronized <T> CompletableFuture<T> answered(String kind, String call, CompletableFuture<T> usually) {
        calls.add(call);
        var next = answers.getOrDefault(kind, new ArrayDeque<>()).poll();
        return next == null ? usually : (CompletableFuture<T>) next;
    }

    @Override
    public CompletableFuture<Optional<MessageExt>> take(Duration visibility, String attemptId) {
        attemptIds.add(attemptId);
        onTake.run();
        return answered("take", "take", CompletableFuture.completedFuture(null)).thenApply(asked -> {
            synchronized (this) {
                return Optional.ofNullable(messages.poll());
            }
        });
    }

    @Override
    public CompletableFuture<Arrival> await(Duration wait) {
        waiting = new CompletableFuture<>();
        return answered("await", "await", waiting);
    }

    @Override
    public CompletableFuture<Void> acknowledge(Checkpoint checkpoint) {
        return answered("acknowledge", "acknowledge", CompletableFuture.completedFuture(null));
    }

    @Override
    public CompletableFuture<Void> extend(Checkpoint checkpoint, Duration visibility) {
        return answered("extend", "extend " + visibility, CompletableFuture.completedFuture(null));
    }

    @Override
    public CompletableFuture<Void> deadLetter(MessageExt message) {
        return answered("deadLetter", "deadLetter", CompletableFuture.completedFuture(null));
    }

    @Override
    public CompletableFuture<Long> position() {
        return answered("position", "position", CompletableFuture.completedFuture(position));
    }

    List<String> calls() {
        synchronized (calls) {
            return List.copyOf(calls);
        }
    }
}
