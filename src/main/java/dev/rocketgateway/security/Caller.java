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
        return refusal(
                "Permission '%s' on topic '%s' is missing.".formatted(permission.label(), topic),
                "%s=%s".formatted(permission.label(), topic));
    }

    /** Whether the caller may do everything. */
    public boolean isAdmin() {
        return grants.isAdmin();
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
        throw refusal("Permission 'admin' is needed to %s.".formatted(action), "admin=*");
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
        throw refusal(
                "Consumer group '%s' needs a rule, because it is not the default group of the subscription."
                        .formatted(group),
                "groups=" + group);
    }

    /**
     * The error for what the caller may not do: asks a caller without credentials for them, and other callers for a rule.
     *
     * @param rule the end of the setting that would allow it, such as {@code publish=orders}
     */
    private GatewayException refusal(String fault, String rule) {
        boolean anonymous = principal.kind() == Principal.Kind.ANONYMOUS;
        return GatewayException.of(
                anonymous ? ProblemType.CREDENTIALS_MISSING : ProblemType.FORBIDDEN,
                "%s %s has the rule gateway.security.rules.<role>.%s."
                        .formatted(
                                fault,
                                anonymous
                                        ? "In the header Authorization, send an API key or a token whose role"
                                        : "Ask the gateway's operator for a role that",
                                rule));
    }

    /** Writes to the audit log that the caller asked for a subscription that it may not see because of its topic. */
    public void missed(Permission permission, TopicName topic) {
        audit.denied(principal, permission, topic.value());
    }

    /** Writes to the audit log that the caller changed a subscription or started an action on it. */
    public void did(String action, String subscription) {
        audit.changed(principal, action, subscription);
    }

    /** Writes to the audit log that the caller changed the level of a log category. */
    public void changedLog(String category, String level) {
        audit.changedLog(principal, category, level);
    }

    /** The key by which the rate of the caller is limited: its name, or its address if it has no name. */
    public String rateKey() {
        return principal.kind() == Principal.Kind.ANONYMOUS ? address : principal.key();
    }
}
