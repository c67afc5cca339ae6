package dev.rocketgateway.subscription.file;

import dev.rocketgateway.message.WatchedFile;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.document.FixedFields;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.file.SubscriptionFile.FaultyFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One file: its last valid subscription, and what is wrong with the file now. Not thread-safe. */
final class WatchedSubscription {

    private static final Logger LOG = Logger.getLogger("dev.rocketgateway.subscription");

    private final String file;
    private final WatchedFile content;
    private @Nullable String text;
    private @Nullable Subscription subscription;
    private @Nullable String fault;
    private boolean missed;

    /** A check that a valid subscription must pass too. */
    @FunctionalInterface
    interface Check {
        void accept(Subscription read) throws FaultyFileException;
    }

    WatchedSubscription(Path path) {
        this.file = path.getFileName().toString();
        this.content = WatchedFile.of(path);
    }

    Optional<Subscription> subscription() {
        return Optional.ofNullable(subscription);
    }

    Optional<String> fault() {
        return Optional.ofNullable(fault);
    }

    /** Reads the file if it has changed, or if it was faulty: what another file or the disk did may have been the reason. */
    void read(Check check) {
        try {
            var now = content.content();
            // The same object as long as the file does not change.
            if (now != text || fault != null) {
                var read = SubscriptionFile.read(file, now);
                check.accept(read);
                replace(read);
                text = now;
                fault = null;
            }
        } catch (IOException | FaultyFileException e) {
            faulty(String.valueOf(e.getMessage()));
        }
    }

    private void replace(Subscription read) throws FaultyFileException {
        var before = subscription;
        var next = read;
        if (before != null) {
            var faults = new Faults();
            FixedFields.check(before, read, faults);
            if (!faults.all().isEmpty()) {
                throw FaultyFileException.of(faults.all());
            }
            // A new time would make it another subscription.
            next = read.createdAt(before.createdAt());
        }
        if (!next.equals(before)) {
            subscription = next;
            LOG.infof(
                    "subscription changed action=%s subscription=%s file=%s",
                    before == null ? "file-added" : "file-changed", next.name(), file);
        }
    }

    private void faulty(String found) {
        if (!found.equals(fault)) {
            fault = found;
            LOG.errorf(
                    "a file of a subscription is faulty file=%s fault=%s%s",
                    file, found, subscription == null ? "" : "; the subscription stays as it was");
        }
    }

    /** Whether the file is gone for the second time. An editor may remove a file and write it again. */
    boolean isForgotten(boolean gone) {
        boolean forgotten = gone && missed;
        missed = gone;
        if (forgotten && subscription != null) {
            LOG.infof("subscription changed action=file-removed subscription=%s file=%s", subscription.name(), file);
        }
        return forgotten;
    }
}
