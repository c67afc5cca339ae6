package dev.rocketgateway.subscription.store;

import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.Subscription.State;
import dev.rocketgateway.subscription.SubscriptionStore;
import dev.rocketgateway.subscription.file.DeclaredSubscriptions;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;

/**
 * Holds the last known subscriptions, of the configuration and of the API.
 *
 * <pre>
 *   settings, files ─────┐
 *   their states ────────┼──▶ list ──▶ listeners
 *   rows of the API ─────┤
 *   unwritten pauses ────┘
 * </pre>
 * Only {@link #refresh} and {@link #writePauses} wait for the database.
 */
@Singleton
public class SubscriptionCache implements SubscriptionStore {

    private static final Logger LOG = Logger.getLogger(SubscriptionCache.class);

    private final DeclaredSubscriptions declared;
    private final Database database;
    private final Duration relistInterval;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, UnwrittenPause> pauses = new ConcurrentHashMap<>();

    private final Object reading = new Object();
    private volatile Runnable pauseWriter = () -> {};
    private long listedAt;
    private volatile StoredContent known = StoredContent.UNREAD;
    private volatile List<Subscription> list;

    /** Whether the list includes the content of the database. Set after the list. */
    private volatile boolean loaded;

    /** Names of stored subscriptions that do not run because of the configuration and were logged; guarded by this. */
    private Set<String> loggedConflicts = Set.of();

    SubscriptionCache(DeclaredSubscriptions declared, Database database, StoreConfig store) {
        this.declared = declared;
        this.database = database;
        this.relistInterval = store.relistInterval();
        // With a store, the list starts empty, because some of the subscriptions may be paused in the store.
        this.list = database.isNone() ? configured() : List.of();
        this.loaded = database.isNone();
        declared.onChange(this::filesChanged);
    }

    @Override
    public List<Subscription> list() {
        return list;
    }

    public Optional<Subscription> find(String name) {
        return list.stream().filter(known -> known.name().equals(name)).findFirst();
    }

    Optional<Subscription> configured(String name) {
        return declared.find(name);
    }

    List<Subscription> configured() {
        return declared.all();
    }

    private void filesChanged() {
        if (database.isNone() || !known.isRead()) {
            compose();
            return;
        }
        try {
            refresh();
        } catch (StoreUnavailableException e) {
            // The store has the times of first starts. The next refresh adds them.
            compose();
        }
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public void pause(String name, String reason) {
        find(name).filter(known -> known.state() == State.ACTIVE).ifPresent(known -> {
            pauses.put(name, UnwrittenPause.of(known, reason));
            compose();
            pauseWriter.run();
        });
    }

    /** Sets the task that starts writing pauses to the database. The task must not wait. */
    void writePausesWith(Runnable writer) {
        pauseWriter = writer;
    }

    /** Whether the subscription is paused here but not yet in the database. */
    boolean hasUnwrittenPause(String name) {
        return pauses.containsKey(name);
    }

    /** Pauses or resumes the subscription on this replica only, until the process ends. For a gateway without a store. */
    void setStateHere(String name, State state) {
        if (state == State.ACTIVE) {
            pauses.remove(name);
        } else {
            find(name).ifPresent(known -> pauses.put(name, UnwrittenPause.of(known, "")));
        }
        compose();
    }

    /** Drops an unwritten pause, because a change takes precedence. */
    void forgetPause(String name) {
        pauses.remove(name);
    }

    /** Runs the subscriptions of the configuration while the store is not available. */
    void goWithoutTheStore() {
        compose();
    }

    /**
     * Reads changes from the database, or everything if the last full read is longer ago than
     * {@code gateway.store.relist-interval}.
     */
    void refresh() {
        synchronized (reading) {
            var before = known;
            boolean everything = !before.isRead() || System.nanoTime() - listedAt > relistInterval.toNanos();
            known = database.read(connection -> before.next(connection, everything));
            var configured = configured();
            if (!FirstStarts.containsAll(known.firstStarts(), configured)) {
                known = known.with(database.write(connection -> FirstStarts.add(connection, configured)));
            }
            if (everything) {
                listedAt = System.nanoTime();
            }
        }
        compose();
    }

    /** Writes the pauses that are not in the database yet. */
    void writePauses() {
        for (var pause : pauses.values()) {
            boolean configured = configured(pause.name()).isPresent();
            boolean written = database.write(connection -> pause.write(connection, configured));
            LOG.infof(
                    "subscription changed action=pause subscription=%s reason=%s written=%s",
                    pause.name(), pause.reason(), written);
            refresh();
            pauses.remove(pause.name(), pause);
            compose();
        }
    }

    /** Builds the list from the content read last. A pause takes effect even if the database does not answer. */
    private void compose() {
        synchronized (this) {
            var content = known;
            var combined = content.combinedWith(configured());
            logConflicts(combined.conflicting());
            var all = new ArrayList<>(combined.subscriptions());
            all.sort(Comparator.comparing(Subscription::name));
            all.replaceAll(this::paused);
            boolean changed = !all.equals(list);
            if (changed) {
                list = List.copyOf(all);
            }
            loaded = database.isNone() || content.isRead();
            if (!changed) {
                return;
            }
        }
        listeners.forEach(Runnable::run);
    }

    /** Logs each subscription once, because the list is built every few seconds. */
    private void logConflicts(Set<String> conflicting) {
        for (var name : conflicting) {
            if (!loggedConflicts.contains(name)) {
                LOG.errorf(
                        "a stored subscription does not run, because its name or consumer group is in the configuration too "
                                + "subscription=%s",
                        name);
            }
        }
        loggedConflicts = Set.copyOf(conflicting);
    }

    private Subscription paused(Subscription subscription) {
        var pause = pauses.get(subscription.name());
        return pause == null ? subscription : pause.on(subscription);
    }

    @Override
    public Subscription require(String name) {
        // This flag is read before the list, because the list may be loaded between the two reads.
        boolean complete = loaded;
        return find(name).orElseThrow(() -> complete ? StoreProblems.notFound(name) : StoreProblems.notReadYet(name));
    }

    /** Whether the cache has read all subscriptions from the database since the start. */
    boolean isLoaded() {
        return loaded;
    }
}
