package dev.rocketgateway.publish;

import dev.rocketgateway.message.OutgoingMessage;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Publishes messages to the broker: the port that {@code rocketmq} implements.
 *
 * <p>No method blocks, so all may be called on an event loop. A stage completes when the client has released the message and its
 * memory, which can be later than the timeout. A caller that must answer within the timeout keeps its own deadline. Stages fail
 * only with {@link SendFailedException}.
 */
public interface MessagePublisher {

    /** Creates a new unique message id in RocketMQ's format. */
    String nextMessageId();

    /** Property names that the client and the broker reserve. */
    Set<String> reservedProperties();

    /** How long to wait for the broker if the caller sets no timeout. */
    Duration defaultTimeout();

    /** Sends a message as {@code producer.send(message)} does, with retries on other brokers. */
    CompletionStage<SendReceipt> send(OutgoingMessage message, Duration timeout);

    /** Sends a message as {@code producer.send(message, callback)} does; no thread waits for the broker. */
    CompletionStage<SendReceipt> sendAsync(OutgoingMessage message, Duration timeout);

    /** Sends a message as {@code producer.sendOneway(message)} does; completes when the message is handed to the network. */
    CompletionStage<Void> sendOneway(OutgoingMessage message, Duration timeout);

    /**
     * Sends a message that requests a reply, as {@code producer.request(message, callback, timeout)} does; no thread waits.
     *
     * @param message without schedule
     */
    PendingReply request(OutgoingMessage message, Duration timeout);

    /**
     * Sends messages to the broker in one request. The broker stores all of them, next to each other in one queue, or none.
     *
     * @param messages of one topic, without group or schedule, at most {@link #maxBatchSize()} together
     * @return one receipt for each message, in the same order; an empty list for {@code ONEWAY}
     */
    CompletionStage<List<SendReceipt>> sendBatch(List<OutgoingMessage> messages, SendMode mode, Duration timeout);

    /** The maximum size of one {@link #sendBatch} in bytes, as the sum of {@link #batchSize}. */
    int maxBatchSize();

    /** The maximum number of bytes that the message adds to a batch. */
    int batchSize(OutgoingMessage message);
}
