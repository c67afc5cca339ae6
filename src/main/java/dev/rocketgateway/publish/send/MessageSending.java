package dev.rocketgateway.publish.send;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.answer.Causes;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.SendReceipt;
import dev.rocketgateway.publish.admission.PublishMetrics;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages and returns their outcomes within the timeout. A failure becomes a problem; a broker that answers too late becomes
 * {@code broker-timeout}.
 *
 * <p>Thread-safe; never blocks. Stages never fail: a failure is in the outcome.
 */
@Singleton
public class MessageSending {

    private static final Logger LOG = Logger.getLogger(MessageSending.class);

    private final MessagePublisher publisher;
    private final Coalescing coalescing;
    private final BisectingSender joint;
    private final PublishConfig config;
    private final PublishMetrics metrics;

    MessageSending(
            MessagePublisher publisher,
            Coalescing coalescing,
            BisectingSender joint,
            PublishConfig config,
            PublishMetrics metrics) {
        this.publisher = publisher;
        this.coalescing = coalescing;
        this.joint = joint;
        this.config = config;
        this.metrics = metrics;
    }

    /**
     * Sends one message.
     *
     * @param onReleased called when the client has released the message, possibly after the outcome is known
     */
    public CompletableFuture<SendOutcome> one(
            OutgoingMessage message, SendMode mode, Duration timeout, Runnable onReleased) {
        var outcome = new CompletableFuture<SendOutcome>();
        send(message, mode, timeout).whenComplete((sent, failure) -> {
            onReleased.run();
            outcome.complete(failure == null ? sent : failed(failure, message));
        });
        return outcome.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(late -> failed(late, message));
    }

    private CompletionStage<SendOutcome> send(OutgoingMessage message, SendMode mode, Duration timeout) {
        return BisectingSender.attempt(() -> mode == SendMode.ONEWAY
                ? publisher.sendOneway(message, timeout).thenApply(handedOver -> new SendOutcome.HandedOver())
                : coalescing.send(message, mode, timeout).thenApply(this::stored));
    }

    /**
     * Sends messages to the broker in one request.
     *
     * @param messages of one topic, without group or schedule
     * @param onReleased called when the client has released the messages, possibly after the outcomes are known
     * @return one outcome for each message, in the same order
     */
    public CompletableFuture<List<SendOutcome>> together(
            List<OutgoingMessage> messages, SendMode mode, Duration timeout, Runnable onReleased) {
        if (mode == SendMode.ONEWAY) {
            return inTime(() -> publisher.sendBatch(messages, mode, timeout), timeout, onReleased)
                    .handle((handedOver, failure) -> messages.stream()
                            .<SendOutcome>map(message ->
                                    failure == null ? new SendOutcome.HandedOver() : failed(failure, message))
                            .toList());
        }
        var pending = new ArrayList<PendingSend>(messages.size());
        for (var message : messages) {
            pending.add(PendingSend.of(message, timeout));
        }
        // Counted when all have ended, so that messages that are stored after the caller has gone are counted too.
        return inTime(() -> joint.send(pending, mode).thenRun(() -> pending.forEach(this::count)), timeout, onReleased)
                .handle((done, late) -> {
                    var outcomes = new ArrayList<SendOutcome>(pending.size());
                    for (var each : pending) {
                        outcomes.add(outcome(each, late));
                    }
                    return outcomes;
                });
    }

    private void count(PendingSend sent) {
        if (!sent.receipt().isCompletedExceptionally()) {
            metrics.stored(sent.receipt().join().sendStatus());
        }
    }

    /**
     * The outcome of one message when the wait has ended.
     *
     * @param late the timeout that ended the wait; null if the outcomes of all messages are known
     */
    private SendOutcome outcome(PendingSend sent, @Nullable Throwable late) {
        try {
            return sent.receipt().isDone() || late == null
                    ? toOutcome(sent.receipt().join())
                    : failed(late, sent.message());
        } catch (CompletionException e) {
            return failed(e, sent.message());
        }
    }

    private static <T> CompletableFuture<T> inTime(
            Supplier<CompletionStage<T>> send, Duration timeout, Runnable onReleased) {
        return BisectingSender.attempt(send)
                .whenComplete((outcome, failure) -> onReleased.run())
                .toCompletableFuture()
                .copy()
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Counts a stored message. The outcome is a failure if the message is not stored as safely as required. */
    public SendOutcome stored(SendReceipt receipt) {
        metrics.stored(receipt.sendStatus());
        return toOutcome(receipt);
    }

    private SendOutcome toOutcome(SendReceipt receipt) {
        if (config.requireSendOk() && receipt.sendStatus() != SendReceipt.Status.SEND_OK) {
            return new SendOutcome.Failed(GatewayException.of(
                            ProblemType.NOT_REPLICATED,
                            "The message is stored with sendStatus %s, but this gateway requires SEND_OK."
                                    .formatted(receipt.sendStatus()))
                    .withStored());
        }
        return new SendOutcome.Stored(receipt);
    }

    /** Converts a failure into a problem for the caller; logs a bug. */
    public static SendOutcome.Failed failed(Throwable failure, OutgoingMessage message) {
        var cause = Causes.of(failure);
        var reason = cause instanceof TimeoutException
                ? SendFailedException.Reason.TIMEOUT
                : SendFailedException.Reason.INTERNAL;
        var failed = cause instanceof SendFailedException e ? e : new SendFailedException(reason, null, true, cause);
        if (failed.reason() == SendFailedException.Reason.INTERNAL) {
            LOG.errorf(
                    cause,
                    "send failed because of a bug in the gateway topic=%s messageId=%s",
                    message.topic(),
                    message.id());
        }
        return new SendOutcome.Failed(SendErrors.toProblem(failed, message));
    }
}
