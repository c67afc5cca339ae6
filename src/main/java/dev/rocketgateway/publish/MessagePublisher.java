package dev.rocketgateway.publish;

import dev.rocketgateway.message.OutgoingMessage;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The way to the broker.
 *
 * <p>All methods may be called on an event loop: none blocks. A stage completes when the client is done with the message
 * and its memory, which can be later than the timeout asked for; a caller that has promised an answer within that time
 * keeps its own deadline. Stages fail with {@link SendFailedException} and nothing else.
 */
public interface MessagePublisher {

    /** A new unique message id, in RocketMQ's form. */
    String nextMessageId();

    /** Property names the client and broker keep for themselves. */
    Set<String> reservedProperties();

    /** How long to wait for the broker when the caller does not say. */
    Duration defaultTimeout();

    /** {@code producer.send(message)}, with its retry on another broker. */
    CompletionStage<SendReceipt> send(OutgoingMessage message, Duration timeout);

    /** {@code producer.send(message, callback)}; no thread waits for the broker. */
    CompletionStage<SendReceipt> sendAsync(OutgoingMessage message, Duration timeout);

    /** {@code producer.sendOneway(message)}; completes when the message is handed to the network. */
    CompletionStage<Void> sendOneway(OutgoingMessage message, Duration timeout);

    /**
     * Sends a message that asks for a reply, as {@code producer.request(message, callback, timeout)} does; no thread waits.
     *
     * @param message without schedule
     */
    PendingReply request(OutgoingMessage message, Duration timeout);

    /**
     * Sends messages to the broker as one: all are stored, next to each other in one queue, or none is.
     *
     * @param messages of one topic, without group or schedule, at most {@link #maxBatchSize()} together
     * @return for each message what the broker said, in the same order; for {@code ONEWAY} an empty list
     */
    CompletionStage<List<SendReceipt>> sendBatch(List<OutgoingMessage> messages, SendMode mode, Duration timeout);

    /** Most bytes the messages of one {@link #sendBatch} may have, by {@link #batchSize}. */
    int maxBatchSize();

    /** Bytes the message adds to a batch, at most. */
    int batchSize(OutgoingMessage message);
}
