package dev.rocketgateway.deliver.lease;

import dev.rocketgateway.deliver.MessageLeases;
import dev.rocketgateway.deliver.MessageLeases.LeaseException;
import dev.rocketgateway.deliver.MessageLeases.Leased;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.DeliveryListeners;
import dev.rocketgateway.deliver.event.LeaseEnd;
import dev.rocketgateway.deliver.lease.ReceiptResult.Outcome;
import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.history.Attempt;
import io.quarkus.arc.All;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/**
 * Lets workers receive, acknowledge and extend the messages of pull subscriptions. A receipt of one replica is valid on all replicas, so
 * this class keeps no state that another replica needs.
 *
 * <p>No method blocks. A future fails with {@link LeaseException}, or with {@link StoreUnavailableException} while the key for receipts
 * cannot be read. Thread-safe.
 */
@Singleton
public class LeaseService {

    private final Receipts receipts;
    private final ReceivingCallers callers;
    private final LeaseUse use;
    private final LeaseMetrics metrics;
    private final DeliveryListener listener;

    LeaseService(
            Receipts receipts,
            ReceivingCallers callers,
            LeaseUse use,
            LeaseMetrics metrics,
            @All List<DeliveryListener> listeners) {
        this.receipts = receipts;
        this.callers = callers;
        this.use = use;
        this.metrics = metrics;
        this.listener = new DeliveryListeners(listeners);
    }

    /**
     * What a caller wants to receive.
     *
     * @param max maximum number of messages, 1 to {@link MessageLeases#MAX_MESSAGES}
     * @param maxWait longest time to wait for the first message
     * @param visibility length of the leases
     */
    public record ReceiveOptions(int max, Duration maxWait, Duration visibility) {}

    /**
     * Receives messages. A paused subscription has none.
     *
     * @param gone completes when the caller has gone; messages that were taken for it are then given back
     * @return empty if no message came in time
     */
    public CompletableFuture<List<Received>> receive(
            Subscription subscription, ReceiveOptions options, CompletableFuture<Void> gone) {
        return receipts.signer().thenCompose(signer -> callers.receive(subscription, options, gone)
                .thenApply(taken -> taken.messages().stream()
                        .map(leased -> begin(subscription, signer, leased, taken.at(), options.visibility()))
                        .toList()));
    }

    private Received begin(
            Subscription subscription, ReceiptSigner signer, Leased leased, Instant at, Duration visibility) {
        var message = leased.message();
        var receipt = new Receipt(
                at.plus(visibility).truncatedTo(ChronoUnit.MILLIS),
                at,
                message.bornAt(),
                message.attempt(),
                leased.lease().checkpoint(),
                Attempt.storedId(message.id()));
        metrics.received(subscription.name(), receipt);
        if (message.attempt() > 1 && !use.wasReleased(message.id(), message.attempt() - 1)) {
            listener.leaseEnded(new LeaseEnd(
                    subscription.name(),
                    receipt.messageId(),
                    message.topic(),
                    message.attempt() - 1,
                    LeaseEnd.Outcome.EXPIRED,
                    at,
                    Duration.ZERO,
                    message.bornAt()));
        }
        return new Received(message, signer.write(subscription, receipt), receipt.visibleUntil());
    }

    /** Gives back messages that the caller did not get because its connection ended. Another caller can receive them soon. */
    public void giveBack(Subscription subscription, List<Received> messages) {
        if (!messages.isEmpty()) {
            extend(subscription, messages.stream().map(Received::receipt).toList(), Duration.ZERO);
        }
    }

    /** Acknowledges messages, each alone. The results are in the order of the receipts. */
    public CompletableFuture<List<ReceiptResult>> acknowledge(Subscription subscription, List<String> texts) {
        return each(subscription, texts, (signer, receipt) -> use.acknowledge(subscription, receipt));
    }

    /**
     * Makes leases end in the given time from now, each alone. The results are in the order of the receipts.
     *
     * @param visibility with zero, the messages come again as soon as the broker can; their attempts count
     */
    public CompletableFuture<List<ReceiptResult>> extend(
            Subscription subscription, List<String> texts, Duration visibility) {
        return each(
                subscription,
                texts,
                (signer, receipt) ->
                        use.extend(subscription, receipt, visibility, next -> signer.write(subscription, next)));
    }

    private CompletableFuture<List<ReceiptResult>> each(
            Subscription subscription,
            List<String> texts,
            BiFunction<ReceiptSigner, Receipt, CompletableFuture<ReceiptResult>> call) {
        return receipts.signer().thenCompose(signer -> {
            var calls = new ArrayList<CompletableFuture<ReceiptResult>>();
            for (var text : texts) {
                calls.add(signer.read(subscription, text)
                        .map(receipt -> call.apply(signer, receipt))
                        .orElseGet(() -> CompletableFuture.completedFuture(ReceiptResult.failed(
                                Outcome.INVALID,
                                "is not a receipt of subscription '%s'".formatted(subscription.name())))));
            }
            return CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new))
                    .thenApply(
                            done -> calls.stream().map(CompletableFuture::join).toList());
        });
    }

    /** Sends an empty answer to all waiting callers. From now on, no caller can wait. Called before the gateway stops. */
    public void endWaiting() {
        callers.endWaiting();
    }
}
