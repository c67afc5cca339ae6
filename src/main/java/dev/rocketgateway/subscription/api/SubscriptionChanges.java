package dev.rocketgateway.subscription.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.Endpoint;
import dev.rocketgateway.subscription.Endpoint.Signing;
import dev.rocketgateway.subscription.EndpointAuth;
import dev.rocketgateway.subscription.SecretText;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.Subscription.State;
import dev.rocketgateway.subscription.SubscriptionRuntime;
import dev.rocketgateway.subscription.document.JsonDocument;
import dev.rocketgateway.subscription.document.SubscriptionDocument;
import dev.rocketgateway.subscription.document.SubscriptionWriter;
import dev.rocketgateway.subscription.fault.Faults;
import dev.rocketgateway.subscription.fault.FieldFault;
import dev.rocketgateway.subscription.fault.InvalidSubscriptionException;
import dev.rocketgateway.subscription.secret.SubscriptionSecrets;
import dev.rocketgateway.subscription.store.SubscriptionRepository;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
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

    /** How often a change is retried after a concurrent change, if the caller names no version. */
    private static final int MAX_TRIES = 5;

    private static final String CANNOT_CHANGE = "cannot be changed; create another subscription";
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
     * @param told generated secrets to show to the caller, by their form in the subscription
     * @param isNew whether the call created it
     */
    record Changed(Subscription subscription, Map<SecretText, String> told, boolean isNew) {}

    Changed create(byte[] body) {
        stored.requireStore();
        var faults = new Faults();
        var document = JsonDocument.parse(body, faults);
        var name = document.path(SubscriptionDocument.NAME);
        if (!name.isTextual()) {
            faults.add(
                    SubscriptionDocument.NAME,
                    name.isMissingNode() || name.isNull() ? "is missing" : "must be a string");
        }
        return create(name.isTextual() ? name.textValue() : "none", document, faults);
    }

    private Changed create(String name, ObjectNode document, Faults faults) {
        var rules = new ApiRules(Optional.empty(), secrets.canSeal());
        var candidate = read(name, document, rules, faults);
        stored.requireFree(candidate);
        refuseWhatCannotRun(candidate, true);
        var sealed = secrets.sealed(candidate);
        // Runs before other replicas see the subscription and start it, so that its start position does not depend on
        // which replica
        // is first. Runs after name and group are reserved, so that a lost race leaves no positions behind.
        var made = stored.insert(sealed, () -> runtime.fixStart(candidate));
        log("create", made, "");
        return new Changed(made, told(rules, candidate, made), true);
    }

    /**
     * Replaces the subscription, or creates it if the name is free.
     *
     * @param ifMatch the expected version, or null; a subscription that does not exist has no version
     * @param ifNoneMatch the versions to refuse, or null; {@code *} only creates
     */
    Changed put(String name, @Nullable String ifMatch, @Nullable String ifNoneMatch, byte[] body) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            var current = stored.findChangeable(name);
            try {
                if (current.isPresent()) {
                    EntityTags.requireNoMatch(ifNoneMatch, current.get());
                    return replace(name, ifMatch, body);
                }
                EntityTags.requireNone(ifMatch, name);
                var faults = new Faults();
                var document = JsonDocument.parse(body, faults);
                requireSameName(name, document, faults, "must be %s, as in the path, or absent".formatted(name));
                document.put(SubscriptionDocument.NAME, name);
                return create(name, document, faults);
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

    /**
     * @param ifMatch the expected version, or null
     */
    private Changed replace(String name, @Nullable String ifMatch, byte[] body) {
        return change(name, ifMatch, "replace", (current, rules) -> {
            var faults = new Faults();
            var document = JsonDocument.parse(body, faults);
            if (document.path("state").isMissingNode() || document.path("state").isNull()) {
                document.put("state", current.state().name());
            }
            return revised(current, document, rules, faults);
        });
    }

    /** Applies a merge patch (RFC 7396). */
    Changed patch(String name, @Nullable String ifMatch, byte[] body) {
        return change(name, ifMatch, "patch", (current, rules) -> {
            var faults = new Faults();
            var patch = JsonDocument.parse(body, faults);
            var document = SubscriptionWriter.write(current, SubscriptionWriter.WITHOUT_SECRETS);
            return revised(current, JsonDocument.merged(document, patch), rules, faults);
        });
    }

    /** Adds a signing key; the old keys still sign for the overlap. */
    Changed rotate(String name, @Nullable String ifMatch, KeyRotation rotation) {
        return change(name, ifMatch, "rotate-secret", (current, rules) -> {
            if (!secrets.canSeal()) {
                throw GatewayException.of(
                        ProblemType.CONFLICT,
                        "A new key cannot be stored, because gateway.store.encryption-keys is not set.");
            }
            return rotation.rotate(current, rules);
        });
    }

    Subscription setState(String name, @Nullable String ifMatch, State state) {
        var action = state == State.PAUSED ? "pause" : "resume";
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            var current = stored.currentOrHere(name);
            EntityTags.requireMatch(ifMatch, current);
            // Written even if a pause is not written yet, because a pause gives way to the newer generation. A
            // resumption of an
            // active subscription ends a hold on every replica.
            if (state == State.PAUSED && current.state() == state && !stored.hasUnwrittenPause(name)) {
                return current;
            }
            var written = stored.setState(current, state);
            if (written.isPresent()) {
                log(action, written.get(), "");
                return written.get();
            }
        }
        throw tooBusy(name);
    }

    void delete(String name, @Nullable String ifMatch, boolean deleteGroup) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            var current = stored.changeable(name);
            EntityTags.requireMatch(ifMatch, current);
            if (stored.delete(current)) {
                log("delete", current, " deleteGroup=" + deleteGroup);
                runtime.removed(current, deleteGroup);
                return;
            }
        }
        throw tooBusy(name);
    }

    private Changed change(
            String name,
            @Nullable String ifMatch,
            String action,
            BiFunction<Subscription, ApiRules, Subscription> change) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            var current = stored.changeable(name);
            EntityTags.requireMatch(ifMatch, current);
            var rules = new ApiRules(Optional.of(current), secrets.canSeal());
            var candidate = change.apply(current, rules);
            refuseWhatCannotRun(candidate, false);
            var written = stored.update(current, secrets.sealed(candidate));
            if (written.isPresent()) {
                log(action, written.get(), "");
                return new Changed(written.get(), told(rules, candidate, written.get()), false);
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

    private Subscription revised(Subscription current, ObjectNode document, ApiRules rules, Faults faults) {
        requireSameName(current.name(), document, faults, CANNOT_CHANGE);
        var next = read(current.name(), document, rules, faults);
        var before = current.source();
        var after = next.source();
        faults.require(after.topic().equals(before.topic()), "source.topic", CANNOT_CHANGE)
                .require(after.consumerGroup().equals(before.consumerGroup()), "source.consumerGroup", CANNOT_CHANGE)
                .require(after.mode() == before.mode(), "source.mode", CANNOT_CHANGE)
                .require(after.startFrom().equals(before.startFrom()), "source.startFrom", CANNOT_CHANGE);
        refuse(faults);
        next = next.createdAt(current.createdAt());
        return next.state() == current.state() ? next.in(next.state(), current.stateReason(), next.generation()) : next;
    }

    private static void requireSameName(String name, ObjectNode document, Faults faults, String fault) {
        var given = document.path(SubscriptionDocument.NAME);
        faults.require(
                given.isMissingNode() || given.isNull() || given.asText().equals(name),
                SubscriptionDocument.NAME,
                fault);
    }

    private static Subscription read(String name, ObjectNode document, ApiRules rules, Faults faults) {
        try {
            return SubscriptionDocument.read(name, document, rules, 0, faults);
        } catch (InvalidSubscriptionException e) {
            throw invalid(e.faults());
        }
    }

    private static void refuse(Faults faults) {
        if (!faults.all().isEmpty()) {
            throw invalid(faults.all());
        }
    }

    private static GatewayException invalid(List<FieldFault> faults) {
        return GatewayException.invalid(faults.stream()
                .map(fault -> new FieldError(fault.field(), fault.fault()))
                .toList());
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
            throw invalid(faults);
        }
    }

    /** Finds the generated secrets by position: the keys have the same order, but a generated one is sealed now. */
    private static Map<SecretText, String> told(ApiRules rules, Subscription candidate, Subscription sealed) {
        var told = new HashMap<SecretText, String>();
        List<Signing.Key> before = candidate.endpoint().signing().keys();
        for (int i = 0; i < before.size(); i++) {
            var value = rules.generated().get(before.get(i).secret());
            if (value != null) {
                told.put(sealed.endpoint().signing().keys().get(i).secret(), value);
            }
        }
        return told;
    }

    private static void log(String action, Subscription subscription, String more) {
        LOG.infof(
                "subscription changed action=%s subscription=%s generation=%d state=%s%s",
                action, subscription.name(), subscription.generation(), subscription.state(), more);
    }
}
