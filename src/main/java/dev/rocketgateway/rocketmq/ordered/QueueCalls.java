package dev.rocketgateway.rocketmq.ordered;

import dev.rocketgateway.rocketmq.pop.Checkpoint;
import dev.rocketgateway.rocketmq.pop.PopClient.Arrival;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.rocketmq.common.message.MessageExt;

/** The calls about one queue to its broker. They never block; their futures can complete on a thread of the client. */
interface QueueCalls {

    /**
     * Takes the next message of the queue, unless its last message is still leased.
     *
     * @param visibility length of the lease
     * @param attemptId a call with the id of an earlier call gets the same message again, and the attempt is not counted again
     */
    CompletableFuture<Optional<MessageExt>> take(Duration visibility, String attemptId);

    /** Waits until there is a message to take, at most for the given time. Takes nothing. */
    CompletableFuture<Arrival> await(Duration wait);

    /** Acknowledges a message, so that the next one can be taken. The broker confirms the call of an ended lease too. */
    CompletableFuture<Void> acknowledge(Checkpoint checkpoint);

    /** Makes the lease end in the given time from now. The checkpoint stays valid. */
    CompletableFuture<Void> extend(Checkpoint checkpoint, Duration visibility);

    /** Copies a message to the dead letters of the group. The message stays leased. */
    CompletableFuture<Void> deadLetter(MessageExt message);

    /** The position of the group: the offset of the first message that is not acknowledged. */
    CompletableFuture<Long> position();
}
