package dev.rocketgateway.rocketmq.ordered;

import dev.rocketgateway.deliver.DelayLevels;
import dev.rocketgateway.deliver.MessageSource.Origin;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.rocketmq.pop.Checkpoint;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.rocketmq.common.message.MessageExt;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The message at the head of a queue, with its lease. Renews the lease until the message is settled.
 *
 * <pre>
 * settlement   | calls to the broker
 * -------------|------------------------------------------------------------------
 * acknowledge  | acknowledge, then read the position: did the lease still count?
 * redeliver    | end the lease after the delay; until then, the queue is held
 * dead letter  | copy to the dead letters, then acknowledge
 * unsettled    | end the lease at once, for another replica
 * </pre>
 * The calls for a lease run one after the other, because a renewal after the settlement would undo the settlement. Thread-safe; never
 * blocks.
 */
final class HeldMessage implements Origin {

    private static final Logger LOG = Logger.getLogger(HeldMessage.class);

    /** Length of a lease: after a replica dies, its message holds the queue for at most this time. */
    static final Duration LEASE = Duration.ofSeconds(30);

    private static final Duration BETWEEN_RENEWALS = Duration.ofSeconds(10);

    /** The shortest lease that the broker ends on time. */
    static final Duration RELEASE = Duration.ofSeconds(1);

    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    /** Maximum number of tries of a settlement. Together they take several seconds, because a broker can be restarting. */
    private static final int TRIES = 10;

    private final QueueCalls calls;
    private final MessageExt message;
    private final Checkpoint checkpoint;
    private final ScheduledExecutorService timer;
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    private @Nullable ScheduledFuture<?> renewals;
    private boolean settled;

    /** {@link System#nanoTime} at which the lease ends if it is not renewed. */
    private volatile long endsAt;

    /**
     * @param takenAt {@link System#nanoTime} before the message was taken
     */
    HeldMessage(QueueCalls calls, MessageExt message, long takenAt, ScheduledExecutorService timer) {
        this.calls = calls;
        this.message = message;
        this.checkpoint = Checkpoint.of(message);
        this.timer = timer;
        this.endsAt = takenAt + LEASE.toNanos();
    }

    /** Renews the lease from now on until the settlement. */
    synchronized void renew() {
        if (!settled) {
            renewals = timer.scheduleWithFixedDelay(
                    this::renewOnce, BETWEEN_RENEWALS.toMillis(), BETWEEN_RENEWALS.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private synchronized void renewOnce() {
        if (settled || !last.isDone()) {
            return;
        }
        long asked = System.nanoTime();
        last = QueueCalls.guarded(() -> calls.extend(checkpoint, LEASE)).handle((renewed, failure) -> {
            if (failure == null) {
                endsAt = asked + LEASE.toNanos();
            } else {
                LOG.debugf(failure, "lease not renewed messageId=%s", LogText.value(message.getMsgId()));
            }
            return null;
        });
    }

    @Override
    public boolean holds() {
        return System.nanoTime() - endsAt < 0;
    }

    /**
     * Settles the message. Only the first settlement counts.
     *
     * @return completes when the broker has confirmed the settlement, or when all tries have failed; never fails
     */
    synchronized CompletableFuture<Void> settle(Settlement settlement) {
        if (!settled) {
            settled = true;
            if (renewals != null) {
                renewals.cancel(false);
            }
            last = last.handle((done, failure) -> null)
                    .thenCompose(done -> apply(settlement))
                    .exceptionally(failure -> {
                        LOG.warnf(
                                failure,
                                "the broker did not confirm the settlement of a message, the message may be delivered again topic=%s"
                                        + " messageId=%s",
                                LogText.value(message.getTopic()),
                                LogText.value(message.getMsgId()));
                        return null;
                    });
        }
        return last;
    }

    private CompletableFuture<Void> apply(Settlement settlement) {
        if (settlement instanceof Settlement.Acknowledge) {
            return acknowledge();
        }
        if (settlement instanceof Settlement.DeadLetter) {
            return repeated(() -> calls.deadLetter(message), TRIES).thenCompose(copied -> acknowledge());
        }
        if (settlement instanceof Settlement.Redeliver) {
            var delay = delayOf(settlement, message);
            return repeated(() -> calls.extend(checkpoint, delay), TRIES);
        }
        return QueueCalls.guarded(() -> calls.extend(checkpoint, RELEASE));
    }

    /** The delay of the queue after the settlement. */
    static Duration delayOf(Settlement settlement, MessageExt message) {
        return settlement instanceof Settlement.Redeliver later
                ? later.after().orElseGet(() -> DelayLevels.EXACT.afterAttempt(message.getReconsumeTimes() + 1))
                : Duration.ZERO;
    }

    private CompletableFuture<Void> acknowledge() {
        return repeated(() -> calls.acknowledge(checkpoint), TRIES)
                .thenCompose(confirmed -> QueueCalls.guarded(calls::position).handle((position, failure) -> {
                    if (failure == null && position <= checkpoint.offset()) {
                        LOG.infof(
                                "the lease of a message had ended before the acknowledgment, so the message will be delivered"
                                        + " again topic=%s messageId=%s",
                                LogText.value(message.getTopic()), LogText.value(message.getMsgId()));
                    }
                    return null;
                }));
    }

    private CompletableFuture<Void> repeated(Supplier<CompletableFuture<Void>> call, int tries) {
        return QueueCalls.guarded(call)
                .exceptionallyCompose(failure -> tries <= 1
                        ? CompletableFuture.failedFuture(failure)
                        : pause().thenCompose(waited -> repeated(call, tries - 1)));
    }

    private CompletableFuture<Void> pause() {
        var waited = new CompletableFuture<Void>();
        try {
            timer.schedule(() -> waited.complete(null), BETWEEN_TRIES.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopped) {
            waited.completeExceptionally(stopped);
        }
        return waited;
    }
}
