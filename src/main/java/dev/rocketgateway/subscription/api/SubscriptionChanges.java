package dev.rocketgateway.subscription.api;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.subscription.Endpoint;
import dev.rocketgateway.subscription.EndpointAuth;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.Subscription.State;
import dev.rocketgateway.subscription.SubscriptionAccess;
import dev.rocketgateway.subscription.SubscriptionRuntime;
import dev.rocketgateway.subscription.secret.SubscriptionSecrets;
import dev.rocketgateway.subscription.store.SubscriptionRepository;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Creates, changes and deletes subscriptions for callers.
 *
 * <pre>
 *   document ──▶ schema ──▶ checks of targets and brokers ──▶ secrets sealed ──▶ start fixed ──▶ stored if unchanged ──▶ in effect
 *                  400                 400, 422                                  (creation)           409, 412
 * </pre>
 * Every method blocks; called by requests.
 */
@Singleton
class SubscriptionChanges {

    private static final Logger LOG = Logger.getLogger("dev.rocketgateway.subscription");

    /** Maximum number of tries if there are concurrent changes. A caller who names a version gets an error instead of a second try. */
    private static final int MAX_TRIES = 5;

    private static final Set<String> TARGETS = Set.of(Endpoint.URL_FIELD, EndpointAuth.TOKEN_URL_FIELD);

    private final SubscriptionRepository stored;
    private final SubscriptionSecrets secrets;
    private final SubscriptionRuntime runtime;

    SubscriptionChanges(SubscriptionRepository stored, SubscriptionSecrets secrets, SubscriptionRuntime runtime) {
        this.stored = stored;
        this.secrets = secrets;
        this.runtime = runtime;
    }

    /**
     * The subscription after the change.
     *
     * @param revealed values of the generated secrets to show to the caller, by the sealed secret in the subscription
     * @param isNew whether the call created the subscription
     */
    record Changed(Subscription subscription, Map<SecretText, String> revealed, boolean isNew) {}

    Changed create(Caller caller, byte[] body) {
        stored.requireStore();
        var rules = new ApiRules(Optional.empty(), secrets.canSeal());
        return create(caller, RequestedSubscription.toCreate(body, rules), rules);
    }

    private Changed create(Caller caller, Subscription candidate, ApiRules rules) {
        SubscriptionAccess.requireSettings(caller, candidate, Optional.empty());
        stored.requireFree(candidate);
        refuseWhatCannotRun(candidate, true);
        var sealed = secrets.sealed(candidate);
        // Runs before other replicas see and start the subscription. Otherwise, its start position would depend on the
        // first replica. Runs after name and group are reserved. Otherwise, a refused creation would leave positions.
        var made = stored.insert(sealed, () -> runtime.fixStart(candidate));
        log(caller, "create", made, "");
        return new Changed(made, rules.revealed(candidate, made), true);
    }

    /**
     * Replaces the subscription, or creates it if the name is free.
     *
     * @param ifMatch the expected version, or null; if it is set, the call fails if the subscription does not exist
     * @param ifNoneMatch the versions that must not be replaced, or null; with {@code *}, the call only creates
     */
    Changed put(Caller caller, String name, @Nullable String ifMatch, @Nullable String ifNoneMatch, byte[] body) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            var current = stored.findChangeable(name);
            current.ifPresent(before -> SubscriptionAccess.requireOperation(caller, before));
            try {
                if (current.isPresent()) {
                    EntityTags.requireNoMatch(ifNoneMatch, current.get());
                    return change(
                            caller,
                            name,
                            ifMatch,
                            "replace",
                            (before, rules) -> RequestedSubscription.toReplace(before, body, rules));
                }
                EntityTags.requireNone(ifMatch, name);
                var rules = new ApiRules(Optional.empty(), secrets.canSeal());
                return create(caller, RequestedSubscription.toCreate(name, body, rules), rules);
            } catch (GatewayException e) {
                boolean overtaken = current.isPresent()
                        ? e.type() == ProblemType.SUBSCRIPTION_NOT_FOUND
                        : e.type() == ProblemType.SUBSCRIPTION_EXISTS
                                && stored.findChangeable(name).isPresent();
                if (!overtaken) {
                    throw e;
                }
            }
        }
        throw tooBusy(name);
    }

    /** Applies a merge patch (RFC 7396). */
    Changed patch(Caller caller, String name, @Nullable String ifMatch, byte[] body) {
        return change(
                caller,
                name,
                ifMatch,
                "patch",
                (current, rules) -> RequestedSubscription.toPatch(current, body, rules));
    }

    /** Adds a signing key; the old keys still sign for {@code gateway.store.rotation-overlap}. */
    Changed rotate(Caller caller, String name, @Nullable String ifMatch, KeyRotation rotation) {
        return change(caller, name, ifMatch, "rotate-secret", (current, rules) -> {
            if (!secrets.canSeal()) {
                throw GatewayException.of(
                        ProblemType.CONFLICT,
                        "A new key cannot be stored, because gateway.store.encryption-keys is not set.");
            }
            return rotation.rotate(current, rules);
        });
    }

    Subscription setState(Caller caller, String name, @Nullable String ifMatch, State state) {
        var action = state == State.PAUSED ? "pause" : "resume";
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            var current = stored.currentOrHere(name);
            SubscriptionAccess.requireOperation(caller, current);
            EntityTags.requireMatch(ifMatch, current);
            // The state is written even if a pause is not written yet, because the newer generation takes precedence. A
            // resumption of an active subscription is written too, because it ends a hold on every replica.
            if (state == State.PAUSED && current.state() == state && !stored.hasUnwrittenPause(name)) {
                return current;
            }
            var written = stored.setState(current, state);
            if (written.isPresent()) {
                log(caller, action, written.get(), "");
                return written.get();
            }
        }
        throw tooBusy(name);
    }

    void delete(Caller caller, String name, @Nullable String ifMatch, boolean deleteGroup) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            var current = stored.changeable(name);
            SubscriptionAccess.requireOperation(caller, current);
            if (deleteGroup) {
                SubscriptionAccess.requireGroup(caller, current);
            }
            EntityTags.requireMatch(ifMatch, current);
            if (stored.delete(current)) {
                log(caller, "delete", current, " deleteGroup=" + deleteGroup);
                runtime.removed(current, deleteGroup);
                return;
            }
        }
        throw tooBusy(name);
    }

    private Changed change(
            Caller caller,
            String name,
            @Nullable String ifMatch,
            String action,
            BiFunction<Subscription, ApiRules, Subscription> change) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            var current = stored.changeable(name);
            SubscriptionAccess.requireOperation(caller, current);
            EntityTags.requireMatch(ifMatch, current);
            var rules = new ApiRules(Optional.of(current), secrets.canSeal());
            var candidate = change.apply(current, rules);
            SubscriptionAccess.requireSettings(caller, candidate, Optional.of(current));
            refuseWhatCannotRun(candidate, false);
            var written = stored.update(current, secrets.sealed(candidate));
            if (written.isPresent()) {
                log(caller, action, written.get(), "");
                return new Changed(written.get(), rules.revealed(candidate, written.get()), false);
            }
        }
        throw tooBusy(name);
    }

    private static GatewayException tooBusy(String name) {
        return GatewayException.of(
                ProblemType.CONFLICT,
                "Subscription '%s' was changed by others at the same time. Read it again and repeat the change."
                        .formatted(name));
    }

    private void refuseWhatCannotRun(Subscription candidate, boolean isNew) {
        var faults = runtime.faults(candidate, isNew);
        faults.stream()
                .filter(fault -> TARGETS.contains(fault.field()))
                .findFirst()
                .ifPresent(fault -> {
                    throw GatewayException.of(
                            ProblemType.TARGET_DENIED, "%s: %s.".formatted(fault.field(), fault.fault()));
                });
        if (!faults.isEmpty()) {
            throw RequestedSubscription.invalid(faults);
        }
    }

    private static void log(Caller caller, String action, Subscription subscription, String more) {
        LOG.infof(
                "subscription changed action=%s subscription=%s generation=%d state=%s%s",
                action, subscription.name(), subscription.generation(), subscription.state(), more);
        caller.did(action, subscription.name());
    }
}
