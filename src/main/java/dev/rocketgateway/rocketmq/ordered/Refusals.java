package dev.rocketgateway.rocketmq.ordered;

import dev.rocketgateway.message.LogText;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.apache.rocketmq.client.exception.MQBrokerException;

/** Distinguishes a broker that refused a call from a broker that did not answer. */
final class Refusals {

    private Refusals() {}

    /** The broker's code and reason, for the log; empty if the broker did not answer. */
    static Optional<String> of(Throwable failure) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof MQBrokerException refusal
                ? Optional.of("code=%d reason=%s"
                        .formatted(
                                refusal.getResponseCode(), LogText.sentence(String.valueOf(refusal.getErrorMessage()))))
                : Optional.empty();
    }
}
