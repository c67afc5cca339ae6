package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.deliver.MessageForwarder;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendReceipt;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Forwards messages with the publisher's producer, and waits for the broker. */
@ApplicationScoped
class RocketMqForwarder implements MessageForwarder {

    private final RocketMqPublisher publisher;

    RocketMqForwarder(RocketMqPublisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public String nextMessageId() {
        return publisher.nextMessageId();
    }

    @Override
    public void forward(OutgoingMessage message) {
        var timeout = publisher.defaultTimeout();
        try {
            // The client itself retries, each time with the same timeout.
            var receipt = publisher
                    .send(message, timeout)
                    .toCompletableFuture()
                    .get(4 * timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (receipt.sendStatus() != SendReceipt.Status.SEND_OK) {
                throw new ForwardingFailedException(
                        "the broker stored the message, but with sendStatus %s instead of SEND_OK"
                                .formatted(receipt.sendStatus()),
                        null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForwardingFailedException("interrupted", e);
        } catch (TimeoutException e) {
            throw new ForwardingFailedException("no answer from the broker in time", e);
        } catch (ExecutionException e) {
            throw new ForwardingFailedException(reason(e.getCause()), e);
        }
    }

    private static String reason(Throwable cause) {
        return cause instanceof SendFailedException failed
                ? failed.reason().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                : "failed because of a bug in the gateway";
    }
}
