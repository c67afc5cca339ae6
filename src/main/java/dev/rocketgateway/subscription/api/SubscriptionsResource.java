package dev.rocketgateway.subscription.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.problem.check.QueryReader;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.subscription.StoreConfig;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionAccess;
import dev.rocketgateway.subscription.SubscriptionRuntime;
import dev.rocketgateway.subscription.file.SubscriptionFiles;
import dev.rocketgateway.subscription.store.SubscriptionCache;
import io.smallrye.common.annotation.Blocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** Serves {@code /subscriptions}: create, read, change and delete subscriptions. Blocks, because it uses the database. */
@Path("/subscriptions")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
class SubscriptionsResource {

    static final String MERGE_PATCH = "application/merge-patch+json";

    /** {@code Cache-Control} of every response with a secret: no cache may keep a secret that is shown only once. */
    static final String NO_STORE = "no-store";

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;

    private final SubscriptionChanges changes;
    private final SubscriptionCache known;
    private final SubscriptionViews views;
    private final SubscriptionRuntime runtime;
    private final SubscriptionFiles files;
    private final RequestText documents;

    SubscriptionsResource(
            SubscriptionChanges changes,
            SubscriptionCache known,
            SubscriptionViews views,
            SubscriptionRuntime runtime,
            SubscriptionFiles files,
            StoreConfig config) {
        this.changes = changes;
        this.known = known;
        this.views = views;
        this.runtime = runtime;
        this.files = files;
        this.documents = new RequestText(config.maxDocumentSize().asLongValue());
    }

    /** The filters and the page of a request. */
    private record Wanted(Optional<String> topic, Optional<Subscription.State> state, String after, int limit) {

        boolean has(Subscription one) {
            return topic.map(one.source().topic().value()::equals).orElse(true)
                    && state.map(one.state()::equals).orElse(true)
                    && one.name().compareTo(after) > 0;
        }
    }

    private static Subscription.State state(String text) {
        return switch (text) {
            case "ACTIVE" -> Subscription.State.ACTIVE;
            case "PAUSED" -> Subscription.State.PAUSED;
            default -> throw new IllegalArgumentException("must be ACTIVE or PAUSED");
        };
    }

    @GET
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Response list(@Context UriInfo uri, @Context RoutingContext context) {
        var caller = Caller.of(context);
        var wanted = QueryReader.read(
                uri,
                Set.of("topic", "state", "limit", "after"),
                query -> new Wanted(
                        query.text("topic"),
                        query.value("state", SubscriptionsResource::state),
                        query.text("after").orElse(""),
                        query.limit(DEFAULT_LIMIT, MAX_LIMIT)));
        var page = Page.of(
                known.list().stream()
                        .filter(one -> SubscriptionAccess.sees(caller, one))
                        .filter(wanted::has),
                wanted.limit());
        var json = page.toJson(one -> views.of(one, Map.of()), Subscription::name);
        if (caller.isAdmin()) {
            addFaultyFiles(json);
        }
        return Response.ok(json).build();
    }

    private void addFaultyFiles(ObjectNode json) {
        var faults = files.faults();
        if (!faults.isEmpty()) {
            var array = json.putArray("faultyFiles");
            faults.forEach(fault -> array.addObject().put("file", fault.file()).put("fault", fault.fault()));
        }
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Response create(InputStream body, @Context RoutingContext context) {
        return made(changes.create(Caller.of(context), documents.read(body)));
    }

    @GET
    @Path("{name}")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Response get(
            @PathParam("name") String name,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch,
            @Context RoutingContext context) {
        var subscription = known.require(name);
        SubscriptionAccess.requireSight(Caller.of(context), subscription);
        if (EntityTags.isKnown(ifNoneMatch, subscription)) {
            return Response.notModified()
                    .header(HttpHeaders.ETAG, EntityTags.of(subscription))
                    .build();
        }
        return answer(Response.ok(), new SubscriptionChanges.Changed(subscription, Map.of(), false));
    }

    @PUT
    @Path("{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Response put(
            @PathParam("name") String name,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch,
            InputStream body,
            @Context RoutingContext context) {
        var caller = Caller.of(context);
        return followed(caller, name, () -> changes.put(caller, name, ifMatch, ifNoneMatch, documents.read(body)));
    }

    @PATCH
    @Path("{name}")
    @Consumes({MERGE_PATCH, MediaType.APPLICATION_JSON})
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Response patch(
            @PathParam("name") String name,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            InputStream body,
            @Context RoutingContext context) {
        var caller = Caller.of(context);
        return followed(caller, name, () -> changes.patch(caller, name, ifMatch, documents.read(body)));
    }

    @DELETE
    @Path("{name}")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Response delete(
            @PathParam("name") String name,
            @HeaderParam(HttpHeaders.IF_MATCH) @Nullable String ifMatch,
            @Context UriInfo uri,
            @Context RoutingContext context) {
        var caller = Caller.of(context);
        requireOperation(caller, name);
        boolean group = QueryReader.read(uri, Set.of("deleteGroup"), query -> query.flag("deleteGroup"));
        changes.delete(caller, name, ifMatch, group);
        return Response.noContent().build();
    }

    /**
     * Makes the change. If the state has changed, waits until this replica has applied the state, so that the response has the new
     * phase.
     */
    private Response followed(Caller caller, String name, Supplier<SubscriptionChanges.Changed> change) {
        requireOperation(caller, name);
        var before = known.find(name).map(Subscription::state);
        var changed = change.get();
        if (changed.isNew()) {
            return made(changed);
        }
        var state = changed.subscription().state();
        if (!before.equals(Optional.of(state))) {
            runtime.stateSet(changed.subscription(), state == Subscription.State.ACTIVE);
        }
        return answer(Response.ok(), changed);
    }

    /**
     * Requires that the caller may operate the subscription, if this replica knows it. Runs before the body is read, and before the
     * error that a subscription of the configuration cannot be changed.
     */
    private void requireOperation(Caller caller, String name) {
        known.find(name).ifPresent(subscription -> SubscriptionAccess.requireOperation(caller, subscription));
    }

    private Response made(SubscriptionChanges.Changed made) {
        var uri = URI.create("/subscriptions/" + made.subscription().name());
        return answer(Response.created(uri), made);
    }

    private Response answer(Response.ResponseBuilder answer, SubscriptionChanges.Changed changed) {
        if (!changed.revealed().isEmpty()) {
            answer.header(HttpHeaders.CACHE_CONTROL, NO_STORE);
        }
        return answer.header(HttpHeaders.ETAG, EntityTags.of(changed.subscription()))
                .entity(views.of(changed.subscription(), changed.revealed()))
                .build();
    }
}
