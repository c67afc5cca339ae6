package dev.rocketgateway.subscription.store;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.Subscription.State;
import dev.rocketgateway.subscription.store.SubscriptionTable.ConfiguredState;
import dev.rocketgateway.subscription.store.SubscriptionTable.Row;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;

/**
 * Reads and changes subscriptions in the database. {@link SubscriptionCache} has each change when the method returns. Every method
 * blocks, and throws {@link GatewayException} {@code store-disabled} if there is no database, or {@code store-unavailable} if the
 * database does not answer.
 */
@Singleton
public class SubscriptionRepository {

    private static final long NO_REVISION = 0;

    /** Tries of an insertion that other requests disturb. */
    private static final int MAX_TRIES = 3;

    private final Database database;
    private final SubscriptionCache known;
    private final AttemptHistory attempts;

    SubscriptionRepository(Database database, SubscriptionCache known, AttemptHistory attempts) {
        this.database = database;
        this.known = known;
        this.attempts = attempts;
    }

    /**
     * Reads the current version of the subscription, whether the API created it or it comes from the configuration.
     *
     * @throws GatewayException {@code subscription-not-found}
     */
    Subscription current(String name) {
        requireStore();
        return StoreProblems.answering(() -> {
            if (known.configured(name).isPresent()) {
                known.refresh();
                return known.find(name).orElseThrow(() -> StoreProblems.notFound(name));
            }
            return database.read(connection -> SubscriptionTable.find(connection, name))
                    .map(Row::toSubscription)
                    .orElseThrow(() -> StoreProblems.notFound(name));
        });
    }

    /**
     * The current subscription, if it can be changed.
     *
     * @throws GatewayException {@code subscription-configured} if it comes from the configuration
     */
    public Subscription changeable(String name) {
        if (known.configured(name).isPresent()) {
            throw StoreProblems.configured(name);
        }
        return current(name);
    }

    /**
     * The current subscription, if it exists and can be changed.
     *
     * @throws GatewayException {@code subscription-configured} if it comes from the configuration
     */
    public Optional<Subscription> findChangeable(String name) {
        try {
            return Optional.of(changeable(name));
        } catch (GatewayException e) {
            if (e.type() == ProblemType.SUBSCRIPTION_NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Requires that no subscription has the name or the group of the candidate.
     *
     * @throws GatewayException {@code subscription-exists} if name or group are taken
     */
    public void requireFree(Subscription candidate) {
        requireStore();
        for (var configured : known.configured()) {
            if (configured.name().equals(candidate.name())) {
                throw StoreProblems.nameTaken(candidate);
            }
            if (configured.source().consumerGroup().equals(candidate.source().consumerGroup())) {
                throw StoreProblems.groupTaken(candidate);
            }
        }
        StoreProblems.answering(() -> {
            database.read(connection -> {
                if (SubscriptionTable.find(connection, candidate.name()).isPresent()) {
                    throw StoreProblems.nameTaken(candidate);
                }
                var owner = SubscriptionTable.ownerOf(
                        connection, candidate.source().consumerGroup().value());
                if (owner.isPresent()) {
                    throw StoreProblems.groupTaken(candidate);
                }
                return true;
            });
            return true;
        });
    }

    /**
     * Inserts the candidate and returns it with its generation.
     *
     * @param beforeOthersSeeIt runs when name and group are reserved for the candidate; may block
     */
    public Subscription insert(Subscription candidate, Runnable beforeOthersSeeIt) {
        return StoreProblems.answering(() -> {
            for (int tries = 1; ; tries++) {
                try {
                    long revision = inserted(candidate, beforeOthersSeeIt);
                    known.forgetPause(candidate.name());
                    known.refresh();
                    return candidate.in(candidate.state(), candidate.stateReason(), revision);
                } catch (TakenException e) {
                    // A concurrent change was faster; this check finds out whether the name or the group is still
                    // taken.
                    requireFree(candidate);
                    if (tries == MAX_TRIES) {
                        throw StoreProblems.changesConcurrently(e, candidate);
                    }
                }
            }
        });
    }

    private long inserted(Subscription candidate, Runnable beforeOthersSeeIt) {
        return database.write(connection -> {
            SubscriptionTable.insert(connection, candidate, NO_REVISION);
            beforeOthersSeeIt.run();
            // Last, because other changes wait for the transaction with the next revision.
            long next = SubscriptionTable.nextRevision(connection);
            SubscriptionTable.setFirstRevision(connection, candidate.name(), next);
            return next;
        });
    }

    /**
     * Updates the subscription and returns it with its new generation; empty if the generation in the database is not that of
     * {@code before}.
     */
    public Optional<Subscription> update(Subscription before, Subscription changed) {
        return StoreProblems.answering(() -> {
            long revision = database.write(connection -> {
                long next = SubscriptionTable.nextRevision(connection);
                return SubscriptionTable.update(connection, changed, before.generation(), next, next) ? next : -1;
            });
            known.forgetPause(before.name());
            known.refresh();
            return revision < 0
                    ? Optional.empty()
                    : Optional.of(changed.in(changed.state(), changed.stateReason(), revision));
        });
    }

    /**
     * Like {@link #current}, but also without a store: then returns the subscription with its state on this replica.
     *
     * @throws GatewayException {@code subscription-not-found}
     */
    public Subscription currentOrHere(String name) {
        return database.isNone() ? known.find(name).orElseThrow(() -> StoreProblems.notFound(name)) : current(name);
    }

    /**
     * Sets the state and returns the subscription; empty if the generation in the database is not that of {@code before}. Without a
     * store, the change affects this replica only.
     */
    public Optional<Subscription> setState(Subscription before, State state) {
        if (before.origin() == Subscription.Origin.API) {
            return update(before, before.in(state, resumption(state), before.generation()));
        }
        if (database.isNone()) {
            known.setStateHere(before.name(), state);
            return known.find(before.name());
        }
        return StoreProblems.answering(() -> {
            database.write(connection -> {
                long next = SubscriptionTable.nextRevision(connection);
                SubscriptionTable.setConfiguredState(
                        connection, before.name(), new ConfiguredState(state, resumption(state), next));
                return next;
            });
            known.forgetPause(before.name());
            known.refresh();
            return known.find(before.name());
        });
    }

    /**
     * A reason that differs for each resumption, so that other replicas notice a resumption even if the subscription was already
     * active.
     */
    private static Optional<String> resumption(State state) {
        return state == State.ACTIVE ? Optional.of(Subscription.RESUMED + " " + Instant.now()) : Optional.empty();
    }

    public boolean delete(Subscription subscription) {
        return StoreProblems.answering(() -> {
            boolean deleted = database.write(connection -> {
                SubscriptionTable.nextRevision(connection);
                return SubscriptionTable.delete(connection, subscription.name(), subscription.generation());
            });
            known.forgetPause(subscription.name());
            known.refresh();
            if (deleted) {
                attempts.forget(subscription.name());
            }
            return deleted;
        });
    }

    /**
     * Requires that the gateway has a store.
     *
     * @throws GatewayException {@code store-disabled}
     */
    public void requireStore() {
        if (database.isNone()) {
            throw StoreProblems.disabled();
        }
    }

    /** Whether the subscription is paused on this replica but not yet in the database. */
    public boolean hasUnwrittenPause(String name) {
        return known.hasUnwrittenPause(name);
    }
}
