package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.deliver.DeadLetters;
import dev.rocketgateway.deliver.DeadLetters.DeadLetter;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.deliver.breaker.RateSpacer;
import dev.rocketgateway.deliver.operate.RedriveProgress.State;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.history.RedriveLog;
import dev.rocketgateway.subscription.history.RedriveLog.StoredAt;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Redrives dead letters: gives them back to their consumer group for delivery, one by one. Records each dead letter after the
 * broker has stored it again. So no dead letter is left out. A dead letter is redriven twice only if the process dies between these
 * two steps.
 *
 * <p>{@link #run} is called once, on its own thread. Any thread may call the other methods.
 */
final class RedriveJob implements Runnable {

    private static final Logger LOG = Logger.getLogger(RedriveJob.class);

    private final String id;
    private final String subscription;
    private final ConsumerGroup group;
    private final RedriveSelection selection;
    private final Optional<Double> ratePerSecond;
    private final Predicate<DeadLetter> covered;
    private final String retryTopic;
    private final DeadLetters letters;
    private final RedriveLog log;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final RateSpacer pace = new RateSpacer();
    private final RedriveProgress progress;

    RedriveJob(
            String id,
            Subscription subscription,
            RedriveSelection selection,
            Optional<Double> ratePerSecond,
            Predicate<DeadLetter> covered,
            DeadLetters letters,
            RedriveLog log) {
        this.id = id;
        this.subscription = subscription.name();
        this.group = subscription.source().consumerGroup();
        this.retryTopic = subscription.retryTopic();
        this.selection = selection;
        this.ratePerSecond = ratePerSecond;
        this.covered = covered;
        this.letters = letters;
        this.log = log;
        this.progress = new RedriveProgress(id, subscription.name(), selection.ids());
    }

    String id() {
        return id;
    }

    String subscription() {
        return subscription;
    }

    boolean isRunning() {
        return progress().state() == State.RUNNING;
    }

    RedriveProgress.View progress() {
        return progress.view();
    }

    /** Stops the redrive after the current message. */
    void stop() {
        if (isRunning() && !isStopped()) {
            LOG.infof("redrive is stopping subscription=%s redrive=%s", subscription, id);
        }
        stopped.countDown();
    }

    @Override
    public void run() {
        try {
            var silent = redrive();
            if (isStopped()) {
                progress.stopped();
            } else if (!silent.isEmpty() && !progress.foundAllIds()) {
                fail("no answer from %s, so the dead letters there were left out".formatted(String.join(", ", silent)));
            } else {
                progress.done();
            }
        } catch (SourceUnavailableException e) {
            fail("a request to RocketMQ failed: " + e.getMessage());
        } catch (StoreUnavailableException e) {
            fail("the database does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            progress.stopped();
        } catch (RuntimeException bug) {
            fail("a bug in the gateway");
            LOG.errorf(
                    bug, "redrive failed because of a bug in the gateway subscription=%s redrive=%s", subscription, id);
        }
        var end = progress();
        LOG.infof(
                "dead letters redriven subscription=%s redrive=%s state=%s redriven=%d skipped=%d",
                subscription, id, end.state(), end.redriven(), end.skipped());
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    private void fail(String why) {
        progress.failed(why);
        LOG.warnf("redrive failed subscription=%s redrive=%s reason=%s", subscription, id, why);
    }

    /** Redrives the dead letters of all brokers. Returns the names of brokers whose dead letters were not all read. */
    private Set<String> redrive() throws InterruptedException {
        var ranges = letters.ranges(group);
        progress.begin(ranges.total());
        ranges.found().forEach((broker, range) -> log.forgetBelow(group.value(), broker, range.from()));
        var done = log.redriven(group.value());
        var silent = new TreeSet<>(ranges.silent());
        for (var broker : ranges.found().entrySet()) {
            if (!redrive(broker.getKey(), broker.getValue(), done)) {
                silent.add(broker.getKey());
            }
        }
        return silent;
    }

    /** Redrives the dead letters of one broker. Returns whether the broker still answers. */
    private boolean redrive(String broker, DeadLetters.Range range, Set<StoredAt> done) throws InterruptedException {
        try {
            long offset = range.from();
            // Messages that become dead letters again in the meantime are left to the next redrive; otherwise this one
            // might never end.
            while (offset < range.to() && !isStopped()) {
                var page = letters.read(group, broker, offset, 32);
                if (page.isEmpty()) {
                    break;
                }
                for (var letter : page) {
                    if (letter.queueOffset() >= range.to() || isStopped()) {
                        break;
                    }
                    one(letter, done);
                    progress.countSeen();
                }
                offset = page.get(page.size() - 1).queueOffset() + 1;
            }
            return true;
        } catch (SourceUnavailableException e) {
            if (e.isRefused()) {
                throw e;
            }
            LOG.debugf(e, "redrive skips a broker that does not answer group=%s broker=%s", group, broker);
            return false;
        }
    }

    private void one(DeadLetter letter, Set<StoredAt> done) throws InterruptedException {
        if (!selection.includes(letter) || !covered.test(letter)) {
            return;
        }
        progress.selected(letter.message().id());
        var position = new StoredAt(letter.brokerName(), letter.queueOffset());
        if (done.contains(position)) {
            progress.countSkipped();
            return;
        }
        if (stopped.await(pace.take(ratePerSecond, System.nanoTime()), TimeUnit.NANOSECONDS)) {
            return;
        }
        try {
            letters.redrive(retryTopic, letter);
        } catch (SourceUnavailableException e) {
            if (!e.isRefused()) {
                throw e;
            }
            // A dead letter that the broker refuses must not hold back later ones.
            progress.countRefused();
            LOG.warnf(
                    e,
                    "the broker did not store a redriven dead letter subscription=%s redrive=%s messageId=%s",
                    subscription,
                    id,
                    LogText.value(letter.message().id()));
            return;
        }
        progress.countRedriven();
        log.mark(group.value(), List.of(position));
    }
}
