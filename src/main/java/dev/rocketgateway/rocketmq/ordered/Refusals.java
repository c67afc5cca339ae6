package dev.rocketgateway.rocketmq.ordered;

import dev.rocketgateway.message.LogText;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.rocketmq.client.exception.MQBrokerException;

/** Finds out whether a broker refused a call, in contrast to a broker that did not answer. */
final class Refusals {

    private Refusals() {}

    /** The code and the words of the broker, for the log; empty if the broker did not answer. */
    static Optional<String> of(Throwable failure) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof MQBrokerException refusal
                ? Optional.of("code=%d reason=%s"
                        .formatted(
                                refusal.getResponseCode(), LogText.sentence(String.valueOf(refusal.getErrorMessage()))))
                : Optional.empty();
    }
}
