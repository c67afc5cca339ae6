package dev.rocketgateway.subscription;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks what a caller may do with a subscription. The permissions of the caller for the topic of the source decide. A caller who
 * may subscribe to the topic or read it sees the subscription, and a caller who may receive from the topic sees its pull
 * subscriptions. For all other callers, the subscription does not exist.
 */
public final class SubscriptionAccess {

    private SubscriptionAccess() {}

    /** Whether the subscription exists for the caller. */
    public static boolean sees(Caller caller, Subscription subscription) {
        var topic = subscription.source().topic();
        return caller.mayAny(topic, Permission.SUBSCRIBE, Permission.READ)
                || subscription.pull().isPresent() && caller.may(Permission.RECEIVE, topic);
    }

    /**
     * Requires that the subscription exists for the caller.
     *
     * @throws GatewayException {@code subscription-not-found}
     */
    public static void requireSight(Caller caller, Subscription subscription) {
        if (!sees(caller, subscription)) {
            caller.missed(Permission.SUBSCRIBE, subscription.source().topic());
            throw notFound(subscription.name());
        }
    }

    /**
     * Requires what the caller needs to operate the subscription, such as to pause it: permission to subscribe to the topic.
     *
     * @throws GatewayException {@code subscription-not-found}, or {@code forbidden} if the caller may only read the topic
     */
    public static void requireOperation(Caller caller, Subscription subscription) {
        requireSight(caller, subscription);
        caller.require(Permission.SUBSCRIBE, subscription.source().topic());
    }

    /**
     * Requires what the caller needs to receive, acknowledge and extend messages: permission to receive from the topic.
     *
     * @throws GatewayException {@code subscription-not-found}, or {@code forbidden} if the caller may only see the subscription
     */
    public static void requireReceiving(Caller caller, Subscription subscription) {
        requireSight(caller, subscription);
        caller.require(Permission.RECEIVE, subscription.source().topic());
    }

    /**
     * Requires what the caller needs to see messages of the subscription with their bodies: permission to read the topic.
     *
     * @throws GatewayException {@code subscription-not-found}, or {@code forbidden} if the caller may only subscribe to the topic
     */
    public static void requireMessages(Caller caller, Subscription subscription) {
        requireSight(caller, subscription);
        caller.require(Permission.READ, subscription.source().topic());
    }

    /**
     * Requires what the caller needs to create a subscription with these settings, or to change a subscription to them.
     *
     * <pre>
     * what                                        | needs
     * --------------------------------------------|-----------------------------------------------------
     * topic of the source                         | subscribe
     * topic for dead letters                      | publish
     * consumer group that is not the default      | a rule for groups (new subscriptions only)
     * a secret file that is new in this change    | admin: the file may be the secret of somebody else
     * stored credentials, and a URL on a new host | the credentials again: otherwise a caller who cannot
     *                                             | read them could send them to the caller's own host
     * </pre>
     *
     * @param current the subscription before the change; empty for a new subscription
     * @throws GatewayException {@code forbidden}, or {@code invalid-request} for credentials that must be sent again
     */
    public static void requireSettings(Caller caller, Subscription candidate, Optional<Subscription> current) {
        caller.require(Permission.SUBSCRIBE, candidate.source().topic());
        candidate.deadLetter().topic().ifPresent(topic -> caller.require(Permission.PUBLISH, topic));
        if (current.isEmpty()) {
            requireGroup(caller, candidate);
        }
        var references = references(candidate);
        current.map(SubscriptionAccess::references).ifPresent(references::removeAll);
        if (!references.isEmpty()) {
            caller.requireAdmin("use the secret file '%s'"
                    .formatted(references.iterator().next().name()));
        }
        current.filter(before -> !origins(before).containsAll(origins(candidate)))
                .ifPresent(before -> requireNewCredentials(candidate, before));
    }

    /**
     * Requires what the caller needs to change the consumer group itself, such as to delete it. A group that is not the default can
     * belong to others, so it needs a rule for groups.
     *
     * @throws GatewayException {@code forbidden}
     */
    public static void requireGroup(Caller caller, Subscription subscription) {
        var group = subscription.source().consumerGroup();
        if (!group.equals(Subscription.defaultGroup(subscription.name()))) {
            caller.requireGroup(group.value());
        }
    }

    private static Set<SecretText.Reference> references(Subscription subscription) {
        return subscription.endpoint().map(SubscriptionAccess::references).orElseGet(LinkedHashSet::new);
    }

    private static Set<SecretText.Reference> references(Endpoint endpoint) {
        var tls = endpoint.tls();
        return Stream.of(
                        endpoint.auth().secrets().values().stream(),
                        endpoint.signing().keys().stream().map(Endpoint.Signing.Key::secret),
                        Stream.of(tls.ca(), tls.clientCertificate(), tls.clientKey())
                                .flatMap(Optional::stream))
                .flatMap(secrets -> secrets)
                .filter(SecretText.Reference.class::isInstance)
                .map(SecretText.Reference.class::cast)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The servers that get the credentials. */
    private static Set<String> origins(Subscription subscription) {
        return subscription.endpoint().stream()
                .flatMap(endpoint -> Stream.concat(Stream.of(endpoint.url()), endpoint.auth().urls().values().stream()))
                .map(url -> "%s://%s:%d"
                        .formatted(url.getScheme(), url.getHost(), url.getPort())
                        .toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    private static void requireNewCredentials(Subscription candidate, Subscription before) {
        var kept = secrets(before);
        secrets(candidate).forEach((field, secret) -> {
            if (secret.equals(kept.get(field))) {
                throw GatewayException.invalid(
                        field,
                        "must be sent again, because a URL of the endpoint has another scheme, host or port than before");
            }
        });
    }

    private static Map<String, SecretText> secrets(Subscription subscription) {
        return subscription
                .endpoint()
                .map(endpoint -> endpoint.auth().secrets())
                .orElse(Map.of());
    }

    /**
     * Whether the caller has the permission for a message of the subscription's consumer group. The group may have consumed another
     * topic before, and still has dead letters of that topic.
     *
     * @param topic topic where the message was published, according to its properties. A producer can write any string there, and
     *     no broker checks it; a string that is not a valid topic name counts as the topic of the source
     */
    public static boolean coversMessage(Caller caller, Permission permission, Subscription subscription, String topic) {
        return topic.equals(subscription.source().topic().value())
                || !TopicName.isLegal(topic)
                || caller.may(permission, new TopicName(topic));
    }

    /** The error if the caller sees no subscription with this name. */
    public static GatewayException notFound(String name) {
        return GatewayException.of(
                ProblemType.SUBSCRIPTION_NOT_FOUND, "Subscription '%s' does not exist.".formatted(name));
    }
}
