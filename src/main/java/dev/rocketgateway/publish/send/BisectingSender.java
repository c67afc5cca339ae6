package dev.rocketgateway.publish.send;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.problem.answer.Causes;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.tracing.SendTraces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages to the broker in one request, and isolates those that the broker refuses.
 *
 * <p>A broker that refuses such a request stores none of its messages and does not say which message is the cause. So the messages
 * are sent again in halves, one half after the other, until each refused message is alone:
 *
 * <pre>
 *   a b c D e f g h ── refused ──▶ a b c D ── refused ──▶ a b ── stored
 *                                                         c D ── refused ──▶ c ── stored
 *                                  e f g h ── stored                         D ── refused, and fails
 * </pre>
 * Thread-safe; never blocks.
 */
@Singleton
class BisectingSender {

    private static final Duration LEAST = Duration.ofMillis(1);

    private final MessagePublisher publisher;
    private final SendTraces traces;

    BisectingSender(MessagePublisher publisher, SendTraces traces) {
        this.publisher = publisher;
        this.traces = traces;
    }

    /**
     * Sends messages and completes their receipts.
     *
     * @param messages of one topic, without group or schedule, that may go to the broker in one request; a single message may have
     *     any attributes
     * @param mode not {@code ONEWAY}
     * @return completes when all receipts have completed and the client has released the messages; never fails
     */
    CompletableFuture<Void> send(List<PendingSend> messages, SendMode mode) {
        return send(messages, mode, new Budget(messages.size()));
    }

    private CompletableFuture<Void> send(List<PendingSend> messages, SendMode mode, Budget budget) {
        if (messages.isEmpty()) {
            return done();
        }
        if (messages.size() == 1) {
            return sendOne(messages.get(0), mode);
        }
        var batch = new ArrayList<OutgoingMessage>(messages.size());
        for (var pending : messages) {
            batch.add(pending.message());
        }
        return attempt(() -> traces.together(batch, () -> publisher.sendBatch(batch, mode, longest(messages))))
                .<@Nullable Throwable>handle((receipts, failure) -> {
                    if (failure == null) {
                        for (int i = 0; i < messages.size(); i++) {
                            messages.get(i).receipt().complete(receipts.get(i));
                        }
                    }
                    return failure;
                })
                .thenCompose(failure -> failure == null ? done() : failed(messages, mode, failure, budget))
                .exceptionally(bug -> fail(messages, bug))
                .toCompletableFuture();
    }

    /** Turns an exception into a failed stage, so that every waiting sender is notified. */
    static <T> CompletionStage<T> attempt(Supplier<CompletionStage<T>> send) {
        try {
            return send.get();
        } catch (RuntimeException bug) {
            return CompletableFuture.failedStage(bug);
        }
    }

    private static @Nullable Void fail(List<PendingSend> messages, Throwable failure) {
        messages.forEach(message -> message.receipt().completeExceptionally(failure));
        return null;
    }

    private CompletionStage<Void> failed(List<PendingSend> messages, SendMode mode, Throwable failure, Budget budget) {
        if (!isRefusal(failure) || (isBareError(failure) && budget.isSpent())) {
            fail(messages, failure);
            return done();
        }
        var byLateness = messages.stream().collect(Collectors.partitioningBy(PendingSend::isLate));
        fail(byLateness.get(true), new SendFailedException(SendFailedException.Reason.TIMEOUT));
        var waitedFor = byLateness.get(false);
        int half = waitedFor.size() / 2;
        return send(waitedFor.subList(0, half), mode, budget)
                .thenCompose(first -> send(waitedFor.subList(half, waitedFor.size()), mode, budget));
    }

    /**
     * Limits the further calls to a broker that answers {@code SYSTEM_ERROR}. This code has no reason, so the broker itself may be
     * broken.
     */
    private static final class Budget {

        private int calls;

        Budget(int messages) {
            // Twice the number of calls that find two refused messages.
            this.calls = 4 * (Integer.SIZE - Integer.numberOfLeadingZeros(messages));
        }

        boolean isSpent() {
            return --calls < 0;
        }
    }

    private CompletableFuture<Void> sendOne(PendingSend pending, SendMode mode) {
        var timeout = atLeast(pending.left());
        var sent = attempt(() -> mode == SendMode.SYNC
                ? publisher.send(pending.message(), timeout)
                : publisher.sendAsync(pending.message(), timeout));
        return sent.<Void>handle((receipt, failure) -> {
                    if (failure == null) {
                        pending.receipt().complete(receipt);
                    } else {
                        pending.receipt().completeExceptionally(failure);
                    }
                    return null;
                })
                .toCompletableFuture();
    }

    /** The longest timeout of the messages; each sender keeps its own deadline. */
    private static Duration longest(List<PendingSend> messages) {
        var last = messages.get(0);
        for (var message : messages) {
            if (message.deadline() - last.deadline() > 0) {
                last = message;
            }
        }
        return atLeast(last.left());
    }

    private static Duration atLeast(Duration left) {
        return left.compareTo(LEAST) < 0 ? LEAST : left;
    }

    /**
     * Whether the broker or the client refused the content. For a batch that is too large, a broker may answer only
     * {@code SYSTEM_ERROR}.
     */
    private static boolean isRefusal(Throwable thrown) {
        return Causes.of(thrown) instanceof SendFailedException failure
                && !failure.maybeStored()
                && (failure.reason() == SendFailedException.Reason.ILLEGAL_MESSAGE || isBareError(failure));
    }

    private static boolean isBareError(Throwable thrown) {
        return Causes.of(thrown) instanceof SendFailedException failure
                && Integer.valueOf(SendErrors.SYSTEM_ERROR).equals(failure.brokerCode());
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }
}
