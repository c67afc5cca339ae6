package dev.rocketgateway.subscription.store;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionAccess;
import java.util.function.Supplier;

/** Creates the errors that callers get when a request needs the store. */
public final class StoreProblems {

    private StoreProblems() {}

    /** The error if the store does not answer. */
    public static GatewayException unavailable(StoreUnavailableException e) {
        return GatewayException.causedBy(
                e, ProblemType.STORE_UNAVAILABLE, "The store is not available: %s.".formatted(e.getMessage()));
    }

    /** Runs work that uses the store. Replaces {@link StoreUnavailableException} by the error for the caller. */
    static <T> T answering(Supplier<T> work) {
        try {
            return work.get();
        } catch (StoreUnavailableException e) {
            throw unavailable(e);
        }
    }

    static GatewayException disabled() {
        return GatewayException.of(
                ProblemType.STORE_DISABLED,
                "This gateway has no store (gateway.store.url is none). Write subscriptions into its configuration.");
    }

    /** The error for a subscription that may exist, because the store was not read yet. */
    static GatewayException notReadYet(String name) {
        return GatewayException.of(
                ProblemType.STORE_UNAVAILABLE,
                "The gateway does not know yet whether subscription '%s' exists: it has not read the store since its start."
                        .formatted(name));
    }

    static GatewayException notFound(String name) {
        return SubscriptionAccess.notFound(name);
    }

    static GatewayException configured(String name) {
        return GatewayException.of(
                ProblemType.SUBSCRIPTION_CONFIGURED,
                "Subscription '%s' comes from the gateway's configuration. Change its fields there. Over HTTP, only its actions work, such as :pause and :seek, but not :rotateSecret."
                        .formatted(name));
    }

    static GatewayException nameTaken(Subscription candidate) {
        return GatewayException.of(
                ProblemType.SUBSCRIPTION_EXISTS, "Subscription '%s' already exists.".formatted(candidate.name()));
    }

    static GatewayException groupTaken(Subscription candidate) {
        return GatewayException.of(
                ProblemType.SUBSCRIPTION_EXISTS,
                "Consumer group '%s' is already used by another subscription."
                        .formatted(candidate.source().consumerGroup()));
    }

    /** The error if other requests took the name or the group at every try, and have released it since. */
    static GatewayException changesConcurrently(TakenException e, Subscription candidate) {
        return GatewayException.causedBy(
                e,
                ProblemType.CONFLICT,
                ("Other requests are creating and deleting subscriptions with the name '%s' or the same consumer group. Send this"
                                + " request again when they have finished.")
                        .formatted(candidate.name()));
    }
}
