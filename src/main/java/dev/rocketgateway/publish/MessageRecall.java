package dev.rocketgateway.publish;

import dev.rocketgateway.message.TopicName;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Recalls scheduled messages before they are due: the port that {@code rocketmq} implements. Thread-safe; never blocks the caller. */
public interface MessageRecall {

    /**
     * Asks the broker of a message not to deliver the message. Repeating the call does no harm.
     *
     * @param recallHandle from the {@link SendReceipt} of the message
     * @return fails only with {@link SendFailedException}
     */
    CompletionStage<Outcome> recall(TopicName topic, String recallHandle, Duration timeout);

    /** The result of a request to recall a message. */
    sealed interface Outcome {

        /**
         * The broker has stored the request. It does not say whether the message exists.
         *
         * @param messageId unique id of the message
         */
        record Requested(String messageId) implements Outcome {}

        /** The message is due already. */
        record Due() implements Outcome {}

        /** The settings of the broker do not allow recalls. */
        record Disabled(String brokerName) implements Outcome {}

        /**
         * The handle is not a handle of a message of the topic.
         *
         * @param fault the fault in words, without a subject
         */
        record Invalid(String fault) implements Outcome {}
    }
}
