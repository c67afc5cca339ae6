package dev.rocketgateway.deliver.lease;

import dev.rocketgateway.deliver.MessageLeases;
import dev.rocketgateway.deliver.MessageLeases.LeaseException;
import dev.rocketgateway.deliver.MessageLeases.Leased;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The callers that wait for messages of one subscription on this replica. The caller that came first gets messages first. Only one call
 * waits at each broker, for all callers together:
 *
 * <pre>
 *   callers wait ──▶ wait at the brokers ──▶ take for the first caller ──▶ some: it has them, take for the next caller
 *                          ▲                                        └────▶ none ─┐
 *                          └─────────────────────────────────────────────────────┘
 * </pre>
 * Messages are also taken after a wait that ended without a message, because taking moves the position past messages that do not match
 * the filter. Thread-safe; never blocks.
 */
final class WaitingCallers {

    private static final Logger LOG = Logger.getLogger(WaitingCallers.class);

    /** The longest wait at a broker. */
    private static final Duration SLICE = Duration.ofSeconds(15);

    private static final Duration SHORTEST = Duration.ofMillis(100);

    private static final Duration AFTER_A_FAILURE = Duration.ofSeconds(1);

    /** The first pause after a broker announced a message that was not there. Each further pause is twice as long. */
    private static final Duration AFTER_AN_EMPTY_ANNOUNCEMENT = Duration.ofMillis(50);

    private static final int MAX_DOUBLINGS = 4;

    private final MessageLeases leases;
    private final Supplier<Optional<Source>> source;
    private final Consumer<Leased> release;
    private final ScheduledExecutorService timer;
    private final WaiterQueue waiters = new WaiterQueue();
    private int emptyAnnouncements;

    /** The current settings of the subscription for waiting callers. */
    interface Source {

        MessageLeases.Selection selection();

        /** Returns the messages to hand out, and gives up the messages that no worker may receive. */
        List<Leased> sift(List<Leased> taken);
    }

    /**
     * @param source where to take messages; empty while the subscription is paused or deleted
     * @param release gives back a message whose caller has gone
     */
    WaitingCallers(
            MessageLeases leases,
            Supplier<Optional<Source>> source,
            Consumer<Leased> release,
            ScheduledExecutorService timer) {
        this.leases = leases;
        this.source = source;
        this.release = release;
        this.timer = timer;
    }

    /** Adds a caller for which there was no message. */
    void add(Waiter waiter, Duration wait) {
        waiter.waitsFor(wait);
        boolean start = waiters.addAndStart(waiter);
        // Started last, because a short time could be up before the caller is in the queue.
        waiter.endBy(timer.schedule(() -> timeIsUp(waiter), wait.toMillis(), TimeUnit.MILLISECONDS));
        waiter.messages().whenComplete((messages, failure) -> waiters.remove(waiter));
        if (start) {
            await();
        }
    }

    /** Sends an empty answer to all waiting callers. */
    void endAll() {
        waiters.all().forEach(this::timeIsUp);
    }

    /** Sends an empty answer to a caller, unless a call takes messages for it right now. */
    private void timeIsUp(Waiter waiter) {
        if (waiters.end(waiter)) {
            waiter.messages().complete(Taken.nothing());
        }
    }

    private void await() {
        if (!waiters.continues()) {
            return;
        }
        var now = source.get();
        if (now.isEmpty()) {
            // The subscription is paused or deleted. Callers wait until their time is up, or until it is resumed.
            later(AFTER_A_FAILURE);
            return;
        }
        guarded(() -> leases.await(now.get().selection(), limit())).whenComplete((some, failure) -> {
            if (failure == null) {
                serve(some);
            } else {
                failed(failure);
            }
        });
    }

    /**
     * How long to wait at the brokers: not longer than the longest waiting time of a caller. A wait without a caller could get an
     * announcement that another replica needs.
     */
    private Duration limit() {
        var longest = waiters.longestWait();
        return longest.compareTo(SLICE) > 0 ? SLICE : longest.compareTo(SHORTEST) < 0 ? SHORTEST : longest;
    }

    /**
     * Takes messages for the first caller, then for the next, until there are no more.
     *
     * @param announced whether a broker announced a message that nobody got yet
     */
    private void serve(boolean announced) {
        var now = source.get();
        var waiter = now.isEmpty() ? null : waiters.poll();
        if (waiter == null) {
            await();
            return;
        }
        var at = Instant.now();
        guarded(() -> leases.take(now.get().selection(), waiter.max(), waiter.visibility()))
                .whenComplete((taken, failure) -> {
                    if (failure != null) {
                        requeue(waiter);
                        failed(failure);
                        return;
                    }
                    var messages = taken.isEmpty() ? taken : now.get().sift(taken);
                    if (!messages.isEmpty()) {
                        hand(new Taken(messages, at), waiter);
                    } else {
                        requeue(waiter);
                    }
                    if (!taken.isEmpty()) {
                        emptyAnnouncements = 0;
                        serve(false);
                    } else if (announced) {
                        later(AFTER_AN_EMPTY_ANNOUNCEMENT.multipliedBy(
                                1L << Math.min(emptyAnnouncements++, MAX_DOUBLINGS)));
                    } else {
                        emptyAnnouncements = 0;
                        await();
                    }
                });
    }

    /** Returns exceptions as failed futures. A thrown exception would end the loop, and callers would get no more messages. */
    private static <T> CompletableFuture<T> guarded(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void requeue(Waiter waiter) {
        if (!waiters.putBack(waiter)) {
            waiter.messages().complete(Taken.nothing());
        }
    }

    /** Hands messages to a caller. If the caller has gone, another caller with the same options gets them, or they are given back. */
    private void hand(Taken taken, Waiter waiter) {
        if (waiter.messages().complete(taken)) {
            return;
        }
        var other = waiters.pollLike(waiter, taken.messages().size());
        if (other.isPresent()) {
            hand(taken, other.get());
        } else {
            taken.messages().forEach(release);
        }
    }

    /** Fails all callers if a later wait would fail too. Otherwise, the callers wait until a broker answers again. */
    private void failed(Throwable failure) {
        var reason = LeaseException.of(failure).reason();
        if (reason == LeaseException.Reason.TOO_MANY_WAITERS || reason == LeaseException.Reason.REFUSED) {
            waiters.all().forEach(waiter -> waiter.messages().completeExceptionally(failure));
        } else {
            LOG.debug("waiting for messages failed, will be retried", failure);
        }
        later(AFTER_A_FAILURE);
    }

    private void later(Duration delay) {
        timer.schedule(this::await, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
}
