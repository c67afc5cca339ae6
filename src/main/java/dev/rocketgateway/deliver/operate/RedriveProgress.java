package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.subscription.history.Attempt;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Counts what a {@link RedriveJob} has done, and explains how it ended.
 *
 * <p>Written by the thread of the redrive; any thread may call {@link #view}.
 */
final class RedriveProgress {

    /** The state of a redrive. */
    enum State {
        RUNNING,
        DONE,
        STOPPED,
        FAILED
    }

    /**
     * The progress of a redrive.
     *
     * @param total number of dead letters at the start
     * @param seen number of dead letters read so far
     * @param redriven number of redriven dead letters
     * @param skipped number of selected dead letters that were redriven before
     * @param failed number of dead letters that the broker refused
     * @param notFound requested ids that no dead letter has; known at the end
     */
    record View(
            String id,
            String subscription,
            State state,
            Instant startedAt,
            long total,
            long seen,
            long redriven,
            long skipped,
            long failed,
            List<String> notFound,
            String detail) {}

    private final String id;
    private final String subscription;
    private final Set<String> ids;
    private final Instant startedAt = Instant.now();
    private final Set<String> found = new HashSet<>();

    private volatile State state = State.RUNNING;
    private volatile long total;
    private volatile long seen;
    private volatile long redriven;
    private volatile long skipped;
    private volatile long refused;
    private volatile List<String> notFound = List.of();
    private volatile String detail = "";

    /**
     * @param ids the requested message ids; empty if the selection is not by id
     */
    RedriveProgress(String id, String subscription, Set<String> ids) {
        this.id = id;
        this.subscription = subscription;
        this.ids = ids;
    }

    View view() {
        return new View(id, subscription, state, startedAt, total, seen, redriven, skipped, refused, notFound, detail);
    }

    void begin(long letters) {
        total = letters;
    }

    void countSeen() {
        seen++;
    }

    /**
     * Records that the redrive has found this dead letter. Requests can name it by its full id, or by the shortened id in the
     * attempt log.
     */
    void selected(String messageId) {
        found.add(messageId);
        found.add(Attempt.storedId(messageId));
    }

    void countRedriven() {
        redriven++;
    }

    void countSkipped() {
        skipped++;
    }

    void countRefused() {
        refused++;
    }

    /** Whether every requested id was found; false if the selection is not by id. */
    boolean foundAllIds() {
        return !ids.isEmpty() && found.containsAll(ids);
    }

    void stopped() {
        state = State.STOPPED;
    }

    void failed(String why) {
        detail = why;
        state = State.FAILED;
    }

    /** Ends the redrive, and explains a selection that matched nothing, so that it does not look successful. */
    void done() {
        notFound =
                ids.stream().filter(wanted -> !found.contains(wanted)).sorted().toList();
        if (!notFound.isEmpty()) {
            detail =
                    "found no dead letter for %d of %d ids; notFound lists them".formatted(notFound.size(), ids.size());
        } else if (found.isEmpty()) {
            detail = total == 0 ? "the subscription has no dead letters" : "no dead letter matches the selection";
        }
        state = State.DONE;
    }
}
