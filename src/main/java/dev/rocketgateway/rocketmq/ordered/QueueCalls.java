package dev.rocketgateway.rocketmq.ordered;

import dev.rocketgateway.rocketmq.pop.Checkpoint;
import dev.rocketgateway.rocketmq.pop.PopClient.Arrival;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.rocketmq.common.message.MessageExt;

/** The calls for one queue to its broker. They never block; their futures can complete on a thread of the client. */
interface QueueCalls {

    /**
     * Takes the next message of the queue; empty if there is none, or while another message of the queue is leased.
     *
     * @param visibility length of the lease
     * @param attemptId a call with the id of an earlier call gets the same message again, and the broker does not count another attempt
     */
    CompletableFuture<Optional<MessageExt>> take(Duration visibility, String attemptId);

    /** Waits until there is a message to take, for at most the given time. Takes no message. */
    CompletableFuture<Arrival> await(Duration wait);

    /** Acknowledges a message; the next message can then be taken. The broker also confirms the call if the lease has ended. */
    CompletableFuture<Void> acknowledge(Checkpoint checkpoint);

    /** Makes the lease end in the given time from now. The checkpoint stays valid. */
    CompletableFuture<Void> extend(Checkpoint checkpoint, Duration visibility);

    /** Copies a message to the dead letters of the group. The message stays leased. */
    CompletableFuture<Void> deadLetter(MessageExt message);

    /** The position of the group: the offset of the first message that is not acknowledged. */
    CompletableFuture<Long> position();

    /** Makes a call, and returns an exception that it throws as a failed future. An exception would end the loop of its queue. */
    static <T> CompletableFuture<T> guarded(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
