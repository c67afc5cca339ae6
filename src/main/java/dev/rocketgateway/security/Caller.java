package dev.rocketgateway.security;

import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * The caller of one request: its identity and its permissions. Code that acts for a caller checks the permission on the topic of
 * the action here, and never checks paths.
 *
 * <p>Immutable.
 */
public final class Caller {

    private static final String KEY = Caller.class.getName();

    private final Principal principal;
    private final Grants grants;
    private final String address;
    private final AuditLog audit;

    /**
     * @param address address of the connection, in the form of {@link CallerAddress}
     */
    public Caller(Principal principal, Grants grants, String address, AuditLog audit) {
        this.principal = principal;
        this.grants = grants;
        this.address = address;
        this.audit = audit;
    }

    /** Makes this object the caller of the request. */
    public void attachTo(RoutingContext context) {
        context.put(KEY, this);
    }

    /**
     * Returns the caller of the request.
     *
     * @throws IllegalStateException if the request was not authenticated, which is a bug; the gateway must do nothing for such a
     *     request
     */
    public static Caller of(RoutingContext context) {
        @Nullable Caller caller = context.get(KEY);
        if (caller == null) {
            throw new IllegalStateException("the request was not authenticated");
        }
        return caller;
    }

    /** Whether the caller has the permission on the topic. */
    public boolean may(Permission permission, TopicName topic) {
        return grants.allow(permission, topic);
    }

    /** Whether the caller has at least one of the permissions on the topic. */
    public boolean mayAny(TopicName topic, Permission... permissions) {
        for (var permission : permissions) {
            if (may(permission, topic)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Requires that the caller has the permission on the topic.
     *
     * @throws GatewayException {@code forbidden}, or {@code credentials-missing} for a caller without credentials
     */
    public void require(Permission permission, TopicName topic) {
        if (!may(permission, topic)) {
            throw denial(permission, topic);
        }
    }

    /** Returns the error for a caller who lacks the permission, and writes the denial to the audit log. */
    public GatewayException denial(Permission permission, TopicName topic) {
        audit.denied(principal, permission, topic.value());
        var rule = "gateway.security.rules.<role>.%s=%s".formatted(permission.label(), topic);
        if (principal.kind() == Principal.Kind.ANONYMOUS) {
            return GatewayException.of(
                    ProblemType.CREDENTIALS_MISSING,
                    ("This needs credentials: permission '%s' on topic '%s' is missing. In the header"
                                    + " Authorization, send an API key or a token whose role has the rule %s.")
                            .formatted(permission.label(), topic, rule));
        }
        return GatewayException.of(
                ProblemType.FORBIDDEN,
                "Permission '%s' on topic '%s' is missing. Ask the gateway's operator for a role with the rule %s."
                        .formatted(permission.label(), topic, rule));
    }

    /**
     * Requires the permission {@code admin}, for actions that belong to no topic.
     *
     * @param action the action in words, for the error
     * @throws GatewayException {@code forbidden}, or {@code credentials-missing} for a caller without credentials
     */
    public void requireAdmin(String action) {
        if (grants.isAdmin()) {
            return;
        }
        audit.denied(principal, Permission.ADMIN, "");
        boolean anonymous = principal.kind() == Principal.Kind.ANONYMOUS;
        throw GatewayException.of(
                anonymous ? ProblemType.CREDENTIALS_MISSING : ProblemType.FORBIDDEN,
                "Permission 'admin' is needed to %s. %s"
                        .formatted(
                                action,
                                anonymous
                                        ? "Send an API key or a token in the header Authorization."
                                        : "Ask the gateway's operator for a role with the rule gateway.security.rules.<role>.admin=*."));
    }

    /**
     * Requires that subscriptions of the caller may use the consumer group.
     *
     * @throws GatewayException {@code forbidden}, or {@code credentials-missing} for a caller without credentials
     */
    public void requireGroup(String group) {
        if (grants.allowGroup(group)) {
            return;
        }
        audit.denied(principal, Permission.SUBSCRIBE, group);
        boolean anonymous = principal.kind() == Principal.Kind.ANONYMOUS;
        throw GatewayException.of(
                anonymous ? ProblemType.CREDENTIALS_MISSING : ProblemType.FORBIDDEN,
                "Consumer group '%s' is not allowed. Leave out source.consumerGroup, or %s the rule gateway.security.rules.<role>.groups=%s."
                        .formatted(
                                group,
                                anonymous
                                        ? "send an API key or a token whose role has"
                                        : "ask the gateway's operator for a role with",
                                group));
    }

    /** Writes to the audit log that the caller asked for a subscription that it may not see because of its topic. */
    public void missed(Permission permission, TopicName topic) {
        audit.denied(principal, permission, topic.value());
    }

    /** Writes to the audit log that the caller changed a subscription or started an action on it. */
    public void did(String action, String subscription) {
        audit.changed(principal, action, subscription);
    }

    /** The key by which the rate of the caller is limited: its name, or its address if it has no name. */
    public String rateKey() {
        return principal.kind() == Principal.Kind.ANONYMOUS ? address : principal.key();
    }
}
