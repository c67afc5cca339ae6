package dev.rocketgateway.publish.batch;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.answer.Causes;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.admission.ReferenceCount;
import dev.rocketgateway.publish.send.MessageSending;
import dev.rocketgateway.publish.send.SendOutcome;
import dev.rocketgateway.tracing.SendTrace;
import dev.rocketgateway.tracing.SendTraces;
import io.opentelemetry.context.Context;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Sends the messages of a batch and returns the outcome of each message.
 *
 * <pre>
 * messages                  | are sent
 * --------------------------|----------------------------------------------------------------------
 * without group or schedule | together, in pieces of one request each, all pieces at the same time
 * scheduled                 | one by one, all at the same time
 * of a message group        | one by one, each after the one before is stored; none after a failure
 * </pre>
 * Thread-safe; never blocks.
 */
@Singleton
class BatchSending {

    private final MessageSending sending;
    private final MessagePublisher publisher;

    private final SendTraces traces;

    BatchSending(MessageSending sending, MessagePublisher publisher, SendTraces traces) {
        this.sending = sending;
        this.publisher = publisher;
        this.traces = traces;
    }

    /**
     * @param messages of one topic
     * @param timeout timeout for each message, counted from its sending
     * @param parent trace context of the request
     * @param onReleased called when the client has released all messages, possibly after the outcomes are known
     * @return one outcome for each message, in the same order; fails only because of a bug
     */
    CompletableFuture<List<SendOutcome>> send(
            List<OutgoingMessage> messages, SendMode mode, Duration timeout, Context parent, Runnable onReleased) {
        var traced =
                messages.stream().map(message -> traces.begin(message, parent)).toList();
        return new Run(traced.stream().map(SendTrace::message).toList(), mode, timeout, onReleased)
                .start()
                .whenComplete((outcomes, bug) -> {
                    for (int i = 0; i < traced.size(); i++) {
                        traced.get(i).end(bug == null ? outcomes.get(i).error() : Causes.codeOf(bug));
                    }
                });
    }

    /** Sends the valid entries, as {@link #send} does. The outcome of an invalid entry is its problem. */
    CompletableFuture<List<SendOutcome>> sendValid(
            List<BatchEntry> entries, SendMode mode, Duration timeout, Context parent, Runnable onReleased) {
        var messages = new ArrayList<OutgoingMessage>();
        for (var entry : entries) {
            if (entry instanceof BatchEntry.Valid valid) {
                messages.add(valid.message());
            }
        }
        return send(messages, mode, timeout, parent, onReleased).thenApply(sent -> {
            var outcomes = new ArrayList<SendOutcome>(entries.size());
            var next = sent.iterator();
            for (var entry : entries) {
                outcomes.add(
                        entry instanceof BatchEntry.Refused refused
                                ? new SendOutcome.Failed(refused.problem())
                                : next.next());
            }
            return outcomes;
        });
    }

    private final class Run {

        private final List<OutgoingMessage> messages;
        private final SendMode mode;
        private final Duration timeout;
        private final SendOutcome[] outcomes;
        private final ReferenceCount held;

        Run(List<OutgoingMessage> messages, SendMode mode, Duration timeout, Runnable onReleased) {
            this.messages = messages;
            this.mode = mode;
            this.timeout = timeout;
            this.outcomes = new SendOutcome[messages.size()];
            this.held = new ReferenceCount(onReleased);
        }

        CompletableFuture<List<SendOutcome>> start() {
            var running = new ArrayList<CompletableFuture<Void>>();
            try {
                sendAll(running);
            } catch (RuntimeException bug) {
                running.add(CompletableFuture.failedFuture(bug));
            }
            return all(running)
                    .whenComplete((all, bug) -> held.release())
                    .thenApply(all -> List.copyOf(Arrays.asList(outcomes)));
        }

        private void sendAll(List<CompletableFuture<Void>> running) {
            var groups = new LinkedHashMap<String, List<Integer>>();
            var piece = new ArrayList<Integer>();
            long size = 0;
            for (int i = 0; i < messages.size(); i++) {
                var message = messages.get(i);
                if (message.messageGroup().isPresent()) {
                    groups.computeIfAbsent(message.messageGroup().get(), group -> new ArrayList<>())
                            .add(i);
                } else if (message.schedule().isPresent()) {
                    running.add(sendOne(i));
                } else {
                    int more = publisher.batchSize(message);
                    if (!piece.isEmpty() && size + more > publisher.maxBatchSize()) {
                        running.add(sendTogether(List.copyOf(piece)));
                        piece.clear();
                        size = 0;
                    }
                    piece.add(i);
                    size += more;
                }
            }
            if (!piece.isEmpty()) {
                running.add(sendTogether(List.copyOf(piece)));
            }
            groups.values().forEach(group -> running.add(sendInOrder(group)));
        }

        private CompletableFuture<Void> sendTogether(List<Integer> piece) {
            if (piece.size() == 1) {
                return sendOne(piece.get(0));
            }
            held.hold();
            return sending.together(piece.stream().map(messages::get).toList(), mode, timeout, held::release)
                    .thenAccept(together -> {
                        for (int i = 0; i < piece.size(); i++) {
                            outcomes[piece.get(i)] = together.get(i);
                        }
                    });
        }

        private CompletableFuture<Void> sendOne(int index) {
            held.hold();
            return sending.one(messages.get(index), mode, timeout, held::release)
                    .thenAccept(outcome -> outcomes[index] = outcome);
        }

        private CompletableFuture<Void> sendInOrder(List<Integer> group) {
            CompletableFuture<Void> sent = sendOne(group.get(0));
            for (int i = 1; i < group.size(); i++) {
                int before = group.get(i - 1);
                int index = group.get(i);
                sent = sent.thenCompose(previous -> {
                    if (outcomes[before].failed()) {
                        outcomes[index] = new SendOutcome.Failed(GatewayException.of(
                                ProblemType.EARLIER_MESSAGE_FAILED,
                                "Not sent, because an earlier message of the same message group was not confirmed."));
                        return CompletableFuture.completedFuture(null);
                    }
                    return sendOne(index);
                });
            }
            return sent;
        }

        private static CompletableFuture<Void> all(List<CompletableFuture<Void>> sends) {
            return CompletableFuture.allOf(sends.toArray(CompletableFuture[]::new));
        }
    }
}
