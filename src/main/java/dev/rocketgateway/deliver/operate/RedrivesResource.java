package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;
import dev.rocketgateway.subscription.SubscriptionAccess;
import io.smallrye.common.annotation.Blocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * {@code POST /subscriptions/{name}/dlq:redrive} starts to redrive dead letters to the subscription; {@code GET
 * /subscriptions/{name}/redrives} and {@code …/redrives/{id}} show the progress, and {@code DELETE} stops a redrive.
 */
@Path("/subscriptions/{name: [^/:]+}")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
class RedrivesResource {

    private static final String IDS = "ids";
    private static final String FROM = "from";
    private static final String TO = "to";
    private static final String ALL = "all";
    private static final String RATE = "ratePerSecond";
    private static final int MAX_IDS = 1000;
    private static final double MIN_RATE = 0.01;
    private static final double MAX_RATE = 10_000;

    private final SubscriptionLookup subscriptions;
    private final Redrives redrives;

    RedrivesResource(SubscriptionLookup subscriptions, Redrives redrives) {
        this.subscriptions = subscriptions;
        this.redrives = redrives;
    }

    @POST
    @Path("/dlq:redrive")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Response start(@PathParam("name") String name, InputStream body, @Context RoutingContext context) {
        var caller = Caller.of(context);
        var subscription = subscriptions.requireOperated(caller, name);
        var document = new OperatorRequest(body, Set.of(IDS, FROM, TO, ALL, RATE));
        var selection = selection(document);
        var rate = document.number(RATE);
        rate.filter(number -> !(number >= MIN_RATE && number <= MAX_RATE))
                .ifPresent(number -> document.fault(RATE, "must be from 0.01 to 10000"));
        document.throwIfFaulty();
        var job = redrives.start(
                subscription,
                selection.orElseThrow(),
                rate,
                letter -> SubscriptionAccess.coversMessage(
                        caller,
                        Permission.SUBSCRIBE,
                        subscription,
                        letter.message().topic()));
        caller.did("redrive", name);
        return Response.accepted(job.progress())
                .location(URI.create("/subscriptions/%s/redrives/%s".formatted(name, job.id())))
                .build();
    }

    private static Optional<RedriveSelection> selection(OperatorRequest document) {
        var ids = document.texts(IDS);
        var from = document.time(FROM);
        var to = document.time(TO);
        var all = document.flag(ALL);
        boolean byTime = document.has(FROM) || document.has(TO);
        if ((document.has(IDS) ? 1 : 0) + (byTime ? 1 : 0) + (document.has(ALL) ? 1 : 0) != 1) {
            document.fault("body", "must have exactly one selection: ids, all, or a time range (from, to)");
            return Optional.empty();
        }
        ids.filter(list -> list.isEmpty() || list.size() > MAX_IDS)
                .ifPresent(list -> document.fault(IDS, "must have 1 to %d ids".formatted(MAX_IDS)));
        all.filter(flag -> !flag).ifPresent(flag -> document.fault(ALL, "must be true or absent"));
        if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
            document.fault(TO, "must be a later time than from");
        }
        if (byTime) {
            return Optional.of(new RedriveSelection.ByTime(from, to));
        }
        return Optional.of(ids.<RedriveSelection>map(list -> new RedriveSelection.ByIds(Set.copyOf(list)))
                .orElseGet(RedriveSelection.All::new));
    }

    @GET
    @Path("/redrives")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public Map<String, List<RedriveProgress.View>> list(
            @PathParam("name") String name, @Context RoutingContext context) {
        subscriptions.requireSeen(Caller.of(context), name);
        return Map.of(
                "items", redrives.of(name).stream().map(RedriveJob::progress).toList());
    }

    @GET
    @Path("/redrives/{id}")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public RedriveProgress.View progress(
            @PathParam("name") String name, @PathParam("id") String id, @Context RoutingContext context) {
        subscriptions.requireSeen(Caller.of(context), name);
        return require(name, id).progress();
    }

    @DELETE
    @Path("/redrives/{id}")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public RedriveProgress.View stop(
            @PathParam("name") String name, @PathParam("id") String id, @Context RoutingContext context) {
        var caller = Caller.of(context);
        subscriptions.requireOperated(caller, name);
        var job = require(name, id);
        job.stop();
        caller.did("redrive-stop", name);
        return job.progress();
    }

    private RedriveJob require(String name, String id) {
        return redrives.of(name).stream()
                .filter(job -> job.id().equals(id))
                .findFirst()
                .orElseThrow(() -> GatewayException.of(
                        ProblemType.NOT_FOUND,
                        "Subscription '%s' has no redrive '%s' on this replica. Only the replica that started a redrive knows it. It forgets redrives when it stops, and old ones when there are many."
                                .formatted(name, id)));
    }
}
