package dev.rocketgateway.subscription.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.rocketgateway.problem.check.QueryReader;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.subscription.SigningSecrets;
import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.Subscription.State;
import dev.rocketgateway.subscription.SubscriptionAccess;
import dev.rocketgateway.subscription.SubscriptionRuntime;
import dev.rocketgateway.subscription.document.SubscriptionDocument;
import dev.rocketgateway.subscription.history.AttemptOutcome;
import dev.rocketgateway.subscription.store.AttemptHistory;
import dev.rocketgateway.subscription.store.AttemptHistory.Query;
import dev.rocketgateway.subscription.store.StoreProblems;
import dev.rocketgateway.subscription.store.SubscriptionCache;
import io.smallrye.common.annotation.Blocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Serves the actions on a subscription, such as {@code :pause}, and the list of its attempts. Blocks, because it uses the database.
 */
@Path("/subscriptions")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
class SubscriptionActionsResource {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 1000;

    private final SubscriptionChanges changes;
    private final SubscriptionCache known;
    private final AttemptHistory attempts;
    private final SubscriptionViews views;
    private final SubscriptionRuntime runtime;
    private final KeyRotation rotation;

    SubscriptionActionsResource(
            SubscriptionChanges changes,
            SubscriptionCache known,
            AttemptHistory attempts,
            SubscriptionViews views,
            SubscriptionRuntime runtime,
            StoreConfig config) {
        this.changes = changes;
        this.known = known;
        this.attempts = attempts;
        this.views = views;
        this.runtime = runtime;
        this.rotation = new KeyRotation(config.rotationOverlap(), Clock.systemUTC());
    }

    @POST
    @Path("{name}:pause")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Response pause(
            @PathParam("name") String name,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @Context RoutingContext context) {
        var caller = operator(context, name);
        return answer(changes.setState(caller, name, ifMatch, State.PAUSED));
    }

    @POST
    @Path("{name}:resume")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Response resume(
            @PathParam("name") String name,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @Context RoutingContext context) {
        var caller = operator(context, name);
        return answer(changes.setState(caller, name, ifMatch, State.ACTIVE));
    }

    @POST
    @Path("{name}:rotateSecret")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Response rotateSecret(
            @PathParam("name") String name,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @Context RoutingContext context) {
        var caller = operator(context, name);
        var changed = changes.rotate(caller, name, ifMatch, rotation);
        var json = JsonNodeFactory.instance.objectNode();
        var signing = changed.subscription().endpoint().orElseThrow().signing();
        var key = signing.keys().get(0);
        var secret = changed.revealed().getOrDefault(key.secret(), "");
        json.put("id", key.id());
        json.put("secret", secret);
        SigningSecrets.publicKey(signing.type(), secret)
                .ifPresent(text -> json.put(SubscriptionDocument.PUBLIC_KEY, text));
        var older = json.putArray("older");
        signing.keys().stream().skip(1).forEach(old -> older.addObject()
                .put("id", old.id())
                .put("notAfter", old.notAfter().map(Object::toString).orElse(null)));
        return Response.ok(json)
                .header(HttpHeaders.ETAG, EntityTags.of(changed.subscription()))
                .header(HttpHeaders.CACHE_CONTROL, SubscriptionsResource.NO_STORE)
                .build();
    }

    @GET
    @Path("{name}/attempts")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Response attempts(@PathParam("name") String name, @Context UriInfo uri, @Context RoutingContext context) {
        SubscriptionAccess.requireSight(Caller.of(context), known.require(name));
        var wanted = QueryReader.read(
                uri,
                Set.of("outcome", "messageId", "limit", "after"),
                query -> new Query(
                        name,
                        query.value("outcome", AttemptOutcome::parse),
                        query.text("messageId"),
                        query.number("after"),
                        query.limit(DEFAULT_LIMIT, MAX_LIMIT) + 1));
        try {
            var page = Page.of(attempts.find(wanted).stream(), wanted.limit() - 1);
            return Response.ok(page.toJson(SubscriptionViews::of, kept -> String.valueOf(kept.id())))
                    .build();
        } catch (StoreUnavailableException e) {
            throw StoreProblems.unavailable(e);
        }
    }

    /**
     * Returns the caller. If this replica knows the subscription, requires that the caller may operate it. If not, this is checked
     * after the subscription has been read from the store.
     */
    private Caller operator(RoutingContext context, String name) {
        var caller = Caller.of(context);
        known.find(name).ifPresent(subscription -> SubscriptionAccess.requireOperation(caller, subscription));
        return caller;
    }

    private Response answer(Subscription subscription) {
        runtime.stateSet(subscription, subscription.state() == State.ACTIVE);
        return Response.ok(views.of(subscription, Map.of()))
                .header(HttpHeaders.ETAG, EntityTags.of(subscription))
                .build();
    }
}
