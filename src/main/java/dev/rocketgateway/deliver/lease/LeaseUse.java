package dev.rocketgateway.deliver.lease;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rocketgateway.deliver.MessageLeases;
import dev.rocketgateway.deliver.MessageLeases.Lease;
import dev.rocketgateway.deliver.MessageLeases.LeaseException;
import dev.rocketgateway.deliver.event.DeliveryListener;
import dev.rocketgateway.deliver.event.DeliveryListeners;
import dev.rocketgateway.deliver.event.LeaseEnd;
import dev.rocketgateway.deliver.lease.ReceiptResult.Outcome;
import dev.rocketgateway.deliver.lease.UsedLeases.Use;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.history.Attempt;
import io.quarkus.arc.All;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Acknowledges and extends leases. The table shows the result for each state of a lease.
 *
 * <pre>
 * the lease                                  | acknowledge          | extend
 * -------------------------------------------|----------------------|---------------------
 * its time has passed                        | ENDED                | ENDED
 * acknowledged on this replica               | DONE, without a call | ENDED
 * extended on this replica                   | ENDED                | ENDED
 * maybe extended: the broker did not answer  | a call               | ENDED
 * any other                                  | a call               | a call, once
 * </pre>
 * This class checks the time itself, because the broker also confirms the use of a lease that has ended. Thread-safe; never blocks.
 */
@Singleton
class LeaseUse {

    private static final int MAX_RELEASED = 10_000;
    private static final Duration RELEASED_FOR = Duration.ofMinutes(10);

    private final MessageLeases leases;
    private final LeaseMetrics metrics;
    private final DeliveryListener listener;
    private final UsedLeases used = new UsedLeases();

    /** Attempts in which a worker gave the message back. They do not count as expired when the message comes again. */
    private final Cache<String, Boolean> released = Caffeine.newBuilder()
            .maximumSize(MAX_RELEASED)
            // By default the cache wakes another thread for its upkeep after every 16 reads, and after each write.
            .executor(Runnable::run)
            .expireAfterWrite(RELEASED_FOR)
            .build();

    LeaseUse(MessageLeases leases, LeaseMetrics metrics, @All List<DeliveryListener> listeners) {
        this.leases = leases;
        this.metrics = metrics;
        this.listener = new DeliveryListeners(listeners);
    }

    /** Never fails. */
    CompletableFuture<ReceiptResult> acknowledge(Subscription subscription, Receipt receipt) {
        var lease = lease(subscription, receipt);
        if (receipt.hasEnded(Instant.now())) {
            return ended(timeHasPassed(receipt));
        }
        // Recorded before the call, because an extension during or after the acknowledgment would bring the message
        // back.
        var use = used.setIfUnused(lease, receipt, Use.MAYBE_ACKNOWLEDGED);
        if (use.filter(Use.ACKNOWLEDGED::equals).isPresent()) {
            return CompletableFuture.completedFuture(ReceiptResult.done());
        }
        if (use.filter(Use.EXTENDED::equals).isPresent()) {
            return ended(Use.EXTENDED.words());
        }
        return leases.acknowledge(lease).handle((done, failure) -> {
            if (failure != null) {
                if (use.isEmpty() && LeaseException.of(failure).reason() != LeaseException.Reason.UNKNOWN) {
                    used.forget(lease);
                }
                return failed(failure);
            }
            used.set(lease, receipt, Use.ACKNOWLEDGED);
            end(subscription, receipt, LeaseEnd.Outcome.ACKNOWLEDGED);
            return ReceiptResult.done();
        });
    }

    /**
     * Extends a lease. Never fails.
     *
     * @param write writes the receipt of the new lease
     */
    CompletableFuture<ReceiptResult> extend(
            Subscription subscription, Receipt receipt, Duration visibility, Function<Receipt, String> write) {
        var before = Instant.now();
        if (receipt.hasEnded(before)) {
            return ended(timeHasPassed(receipt));
        }
        var old = lease(subscription, receipt);
        var use = used.setIfUnused(old, receipt, Use.EXTENDED);
        if (use.isPresent()) {
            return ended(use.get().words());
        }
        return leases.extend(old, visibility).handle((lease, failure) -> {
            if (failure != null) {
                return notExtended(old, receipt, failure);
            }
            if (visibility.isZero()) {
                released.put(attempt(receipt.messageId(), receipt.attempt()), Boolean.TRUE);
                end(subscription, receipt, LeaseEnd.Outcome.RELEASED);
                return ReceiptResult.done();
            }
            var renewed = receipt.renewed(lease.checkpoint(), before.plus(visibility));
            metrics.extended(subscription.name(), receipt, renewed);
            return ReceiptResult.renewed(write.apply(renewed), renewed.visibleUntil());
        });
    }

    /** Whether a worker recently gave the message back at this attempt, on this replica. */
    boolean wasReleased(String messageId, int attempt) {
        return released.getIfPresent(attempt(Attempt.storedId(messageId), attempt)) != null;
    }

    private static String attempt(String messageId, int attempt) {
        return attempt + " " + messageId;
    }

    private ReceiptResult notExtended(Lease lease, Receipt receipt, Throwable failure) {
        if (LeaseException.of(failure).reason() == LeaseException.Reason.UNKNOWN) {
            used.set(lease, receipt, Use.MAYBE_EXTENDED);
        } else {
            used.forget(lease);
        }
        return failed(failure);
    }

    private void end(Subscription subscription, Receipt receipt, LeaseEnd.Outcome outcome) {
        metrics.ended(subscription.name(), receipt);
        listener.leaseEnded(new LeaseEnd(
                subscription.name(),
                receipt.messageId(),
                subscription.source().topic().value(),
                receipt.attempt(),
                outcome,
                receipt.takenAt(),
                Duration.between(receipt.takenAt(), Instant.now()),
                receipt.bornAt()));
    }

    private static ReceiptResult failed(Throwable failure) {
        var lease = LeaseException.of(failure);
        var outcome =
                switch (lease.reason()) {
                    case UNAVAILABLE, TOO_MANY_WAITERS -> Outcome.UNAVAILABLE;
                    case REFUSED -> Outcome.REFUSED;
                    case UNKNOWN -> Outcome.UNKNOWN;
                };
        return ReceiptResult.failed(outcome, String.valueOf(lease.getMessage()));
    }

    private static CompletableFuture<ReceiptResult> ended(String why) {
        return CompletableFuture.completedFuture(ReceiptResult.failed(Outcome.ENDED, why));
    }

    private static String timeHasPassed(Receipt receipt) {
        return "the lease ended at " + receipt.visibleUntil();
    }

    private static Lease lease(Subscription subscription, Receipt receipt) {
        return new Lease(
                subscription.source().consumerGroup(), subscription.source().topic(), receipt.checkpoint());
    }
}
