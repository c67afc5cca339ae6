package dev.rocketgateway.subscription;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;

/**
 * What a caller may do with a subscription. It depends on the topic of the source: who may subscribe to the topic or read it sees the
 * subscription, and to everybody else it does not exist.
 */
public final class SubscriptionAccess {

    private SubscriptionAccess() {}

    /** Whether the subscription exists for the caller. */
    public static boolean sees(Caller caller, Subscription subscription) {
        return caller.mayAny(subscription.source().topic(), Permission.SUBSCRIBE, Permission.READ);
    }

    /**
     * @throws GatewayException {@code subscription-not-found}
     */
    public static void requireSight(Caller caller, Subscription subscription) {
        if (!sees(caller, subscription)) {
            throw notFound(subscription.name());
        }
    }

    /**
     * For operations on the subscription.
     *
     * @throws GatewayException {@code subscription-not-found}, or {@code forbidden} if the caller may only read the topic
     */
    public static void requireOperation(Caller caller, Subscription subscription) {
        requireSight(caller, subscription);
        caller.require(Permission.SUBSCRIBE, subscription.source().topic());
    }

    /**
     * For messages of the subscription with their bodies.
     *
     * @throws GatewayException {@code subscription-not-found}, or {@code forbidden} if the caller may only subscribe to the topic
     */
    public static void requireMessages(Caller caller, Subscription subscription) {
        requireSight(caller, subscription);
        caller.require(Permission.READ, subscription.source().topic());
    }

    /**
     * For a subscription with these settings, which need {@code subscribe} on the topic of the source, and {@code publish} on the
     * topic that gets its dead letters.
     *
     * @throws GatewayException {@code forbidden}
     */
    public static void requireSettings(Caller caller, Subscription candidate) {
        caller.require(Permission.SUBSCRIBE, candidate.source().topic());
        candidate.deadLetter().topic().ifPresent(topic -> caller.require(Permission.PUBLISH, topic));
    }

    /** The error for a name that no subscription has that the caller sees. */
    public static GatewayException notFound(String name) {
        return GatewayException.of(
                ProblemType.SUBSCRIPTION_NOT_FOUND, "Subscription '%s' does not exist.".formatted(name));
    }
}
