package dev.rocketgateway.subscription.store;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.Subscription.State;
import dev.rocketgateway.subscription.SubscriptionStore;
import dev.rocketgateway.subscription.document.ConfiguredSubscriptions;
import dev.rocketgateway.subscription.document.SubscriptionsConfig;
import dev.rocketgateway.subscription.store.SubscriptionTable.ConfiguredState;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jboss.logging.Logger;

/**
 * Holds the last known subscriptions of both origins.
 *
 * <pre>
 *   configuration ───────┐
 *   their states ────────┼──▶ list ──▶ listeners
 *   rows of the API ─────┤
 *   unwritten pauses ────┘
 * </pre>
 * {@link #list} and {@link #pause} never wait for the database; all other methods that are not private do.
 */
@Singleton
public class SubscriptionCache implements SubscriptionStore {

    private static final Logger LOG = Logger.getLogger(SubscriptionCache.class);

    private final List<Subscription> configured;
    private final Database database;
    private final Duration relistInterval;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Map<String, UnwrittenPause> pauses = new ConcurrentHashMap<>();

    /**
     * The last known content of the database.
     *
     * @param rows by name
     * @param revision the revision of this content; -1 if it was not read yet
     */
    private record Known(
            Map<String, Subscription> rows,
            Map<String, ConfiguredState> states,
            Map<String, Instant> firstStarts,
            long revision) {

        Known with(Map<String, Instant> firstStarts) {
            return new Known(rows, states, firstStarts, revision);
        }
    }

    private final Object reading = new Object();
    private volatile Runnable pauseWriter = () -> {};
    private long listedAt;
    private volatile Known known = new Known(Map.of(), Map.of(), Map.of(), -1);
    private volatile List<Subscription> list;

    /** Names of stored subscriptions that do not run because of the configuration and were logged; guarded by this. */
    private Set<String> toldOf = Set.of();

    SubscriptionCache(SubscriptionsConfig config, Database database, StoreConfig store) {
        this.configured = ConfiguredSubscriptions.read(config.byName());
        this.database = database;
        this.relistInterval = store.relistInterval();
        // A store may know that some of them are paused.
        this.list = database.isNone() ? configured : List.of();
    }

    @Override
    public List<Subscription> list() {
        return list;
    }

    public Optional<Subscription> find(String name) {
        return list.stream().filter(known -> known.name().equals(name)).findFirst();
    }

    Optional<Subscription> configured(String name) {
        return configured.stream().filter(known -> known.name().equals(name)).findFirst();
    }

    List<Subscription> configured() {
        return configured;
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

    /** Sets the writer of pauses, which must not wait. */
    void writePausesWith(Runnable writer) {
        pauseWriter = writer;
    }

    /** Whether the subscription is paused here but not yet in the database. */
    boolean hasUnwrittenPause(String name) {
        return pauses.containsKey(name);
    }

    /** Pauses or resumes the subscription on this replica only, until it ends, for a gateway without a store. */
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

    /** Reads changes from the database, or everything if the last full read is long ago. */
    void refresh() {
        synchronized (reading) {
            var before = known;
            boolean everything = before.revision() < 0 || System.nanoTime() - listedAt > relistInterval.toNanos();
            known = database.read(connection -> {
                long revision = SubscriptionTable.revision(connection);
                return everything || revision != before.revision()
                        ? read(connection, revision, before, everything)
                        : before;
            });
            if (!FirstStarts.containsAll(known.firstStarts(), configured)) {
                known = known.with(database.write(connection -> FirstStarts.add(connection, configured)));
            }
            if (everything) {
                listedAt = System.nanoTime();
            }
        }
        compose();
    }

    private static Known read(Connection connection, long revision, Known before, boolean everything)
            throws SQLException {
        var rows = new HashMap<>(before.rows());
        var states = SubscriptionTable.configuredStates(connection);
        rows.keySet().retainAll(SubscriptionTable.names(connection));
        for (var row : SubscriptionTable.changedSince(connection, everything ? -1 : before.revision())) {
            try {
                rows.put(row.name(), row.toSubscription());
            } catch (IllegalArgumentException | GatewayException e) {
                // Probably written by a newer version. A subscription that cannot be read must not run.
                LOG.errorf(e, "a stored subscription cannot be read, so it does not run subscription=%s", row.name());
                rows.remove(row.name());
            }
        }
        return new Known(rows, states, FirstStarts.read(connection), revision);
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

    /**
     * Builds the list from the known content, in memory only, so that a pause waits for nothing.
     *
     * <p>Stored subscriptions with a name or group of the configuration do not run, because the configuration cannot be refused.
     */
    private void compose() {
        synchronized (this) {
            var read = known;
            var all = new ArrayList<Subscription>();
            var taken = new HashSet<Object>();
            for (var subscription : configured) {
                all.add(inState(FirstStarts.on(subscription, read.firstStarts()), read.states()));
                taken.add(subscription.name());
                taken.add(subscription.source().consumerGroup());
            }
            var inTheWay = new HashSet<String>();
            for (var subscription : read.rows().values()) {
                if (taken.contains(subscription.name())
                        || taken.contains(subscription.source().consumerGroup())) {
                    inTheWay.add(subscription.name());
                } else {
                    all.add(subscription);
                }
            }
            tellOf(inTheWay);
            all.sort(Comparator.comparing(Subscription::name));
            all.replaceAll(this::paused);
            if (all.equals(list)) {
                return;
            }
            list = List.copyOf(all);
        }
        listeners.forEach(Runnable::run);
    }

    /** Logs each subscription once, because the list is built every few seconds. */
    private void tellOf(Set<String> inTheWay) {
        for (var name : inTheWay) {
            if (!toldOf.contains(name)) {
                LOG.errorf(
                        "a stored subscription does not run, because its name or consumer group is in the configuration too "
                                + "subscription=%s",
                        name);
            }
        }
        toldOf = Set.copyOf(inTheWay);
    }

    private static Subscription inState(Subscription subscription, Map<String, ConfiguredState> states) {
        var state = states.get(subscription.name());
        return state == null ? subscription : subscription.in(state.state(), state.reason(), state.generation());
    }

    private Subscription paused(Subscription subscription) {
        var pause = pauses.get(subscription.name());
        return pause == null ? subscription : pause.on(subscription);
    }

    /**
     * The subscription of this name, of either origin.
     *
     * @throws GatewayException {@code subscription-not-found}, or {@code store-unavailable} if the subscription may exist but was
     *     not read yet
     */
    public Subscription require(String name) {
        return find(name)
                .orElseThrow(() -> isLoaded()
                        ? SubscriptionRepository.notFound(name)
                        : GatewayException.of(
                                ProblemType.STORE_UNAVAILABLE,
                                "Subscription '%s' is not known yet: the store has not been read since the start."
                                        .formatted(name)));
    }

    /** Whether the whole content of the database was read. */
    boolean isLoaded() {
        return database.isNone() || known.revision() >= 0;
    }
}
