package dev.rocketgateway.subscription;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
            caller.missed(Permission.SUBSCRIBE, subscription.source().topic());
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
     * For a subscription with these settings.
     *
     * <pre>
     * what                                        | needs
     * --------------------------------------------|------------------------------------------------
     * topic of the source                         | subscribe
     * topic for dead letters                      | publish
     * consumer group that is not the default      | a rule for groups; for a new subscription
     * secret file that the subscription had not   | admin: a file can be the secret of anybody
     * kept credentials, and a URL on another host | the credentials again: nobody can read them
     * </pre>
     *
     * @param current the subscription before; empty for a new one
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
     * For what changes the consumer group itself, which can be that of others.
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
        var endpoint = subscription.endpoint();
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
        var endpoint = subscription.endpoint();
        return Stream.concat(Stream.of(endpoint.url()), endpoint.auth().urls().values().stream())
                .map(url -> "%s://%s:%d"
                        .formatted(url.getScheme(), url.getHost(), url.getPort())
                        .toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    private static void requireNewCredentials(Subscription candidate, Subscription before) {
        var kept = before.endpoint().auth().secrets();
        candidate.endpoint().auth().secrets().forEach((field, secret) -> {
            if (secret.equals(kept.get(field))) {
                throw GatewayException.invalid(
                        field, "must be sent again, because a URL of the endpoint is on another host than before");
            }
        });
    }

    /**
     * Whether the caller has the permission for a message of the subscription's consumer group. A group can have had another topic
     * before, and keeps its dead letters.
     *
     * @param topic where the message was published, as the message says. A producer can write anything there, and no broker checks it;
     *     what is no topic is that of the source
     */
    public static boolean coversMessage(Caller caller, Permission permission, Subscription subscription, String topic) {
        return topic.equals(subscription.source().topic().value())
                || !TopicName.isLegal(topic)
                || caller.may(permission, new TopicName(topic));
    }

    /** The error for a name that no subscription has that the caller sees. */
    public static GatewayException notFound(String name) {
        return GatewayException.of(
                ProblemType.SUBSCRIPTION_NOT_FOUND, "Subscription '%s' does not exist.".formatted(name));
    }
}
