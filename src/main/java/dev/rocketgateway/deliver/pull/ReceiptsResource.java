package dev.rocketgateway.deliver.pull;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rocketgateway.deliver.lease.LeaseService;
import dev.rocketgateway.deliver.lease.ReceiptResult;
import dev.rocketgateway.deliver.operate.OperatorRequest;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.problem.Problem;
import dev.rocketgateway.problem.answer.ProblemAnswers;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.subscription.Pull;
import io.smallrye.common.annotation.Blocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code POST /subscriptions/{name}/messages:ack} and {@code :extend}, which acknowledge messages or change the ends of their
 * leases. No thread waits for the brokers.
 */
@Path("/subscriptions/{name: [^/:]+}")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@Blocking
class ReceiptsResource {

    private static final String RECEIPTS = "receipts";
    private static final String VISIBILITY = "visibility";

    /** Maximum number of receipts in a request. */
    private static final int MAX_RECEIPTS = 100;

    private static final int MULTI_STATUS = 207;

    private final PullLookup subscriptions;
    private final LeaseService leases;

    ReceiptsResource(PullLookup subscriptions, LeaseService leases) {
        this.subscriptions = subscriptions;
        this.leases = leases;
    }

    /** The results, in the order of the receipts. */
    record ResultsView(List<ResultView> results) {}

    /**
     * The result of one receipt.
     *
     * @param receipt the receipt of the new lease after an extension
     * @param error what went wrong
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ResultView(
            int status,
            @Nullable String receipt,
            @Nullable Instant visibleUntil,
            @Nullable Problem error) {}

    @POST
    @Path("messages:ack")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<Response> acknowledge(
            @PathParam("name") String name, InputStream body, @Context RoutingContext context) {
        var subscription = subscriptions.require(Caller.of(context), name);
        var request = new OperatorRequest(body, Set.of(RECEIPTS));
        var receipts = receipts(request);
        request.throwIfFaulty();
        return answer(leases.acknowledge(subscription, receipts), context);
    }

    @POST
    @Path("messages:extend")
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<Response> extend(
            @PathParam("name") String name, InputStream body, @Context RoutingContext context) {
        var subscription = subscriptions.require(Caller.of(context), name);
        var request = new OperatorRequest(body, Set.of(RECEIPTS, VISIBILITY));
        var receipts = receipts(request);
        var visibility = visibility(request);
        request.throwIfFaulty();
        return answer(
                leases.extend(
                        subscription,
                        receipts,
                        visibility.orElse(subscription.pull().orElseThrow().visibility())),
                context);
    }

    private static List<String> receipts(OperatorRequest request) {
        if (!request.has(RECEIPTS)) {
            request.fault(RECEIPTS, "is missing");
            return List.of();
        }
        var receipts = request.texts(RECEIPTS).orElse(List.of());
        if (receipts.size() > MAX_RECEIPTS) {
            request.fault(RECEIPTS, "must have at most %d receipts".formatted(MAX_RECEIPTS));
        } else if (new HashSet<>(receipts).size() < receipts.size()) {
            request.fault(RECEIPTS, "has the same receipt twice; send each receipt once");
        }
        return receipts;
    }

    private static Optional<Duration> visibility(OperatorRequest request) {
        return request.text(VISIBILITY).flatMap(text -> {
            try {
                var visibility = Durations.parse(text);
                var fault = visibility.isZero() ? null : Pull.VISIBILITY.faultOf(visibility);
                if (fault == null) {
                    return Optional.of(visibility);
                }
                request.fault(VISIBILITY, fault + ", or 0s to give the messages back");
            } catch (IllegalArgumentException e) {
                request.fault(VISIBILITY, String.valueOf(e.getMessage()));
            }
            return Optional.empty();
        });
    }

    private static CompletionStage<Response> answer(
            CompletableFuture<List<ReceiptResult>> results, RoutingContext context) {
        return results.handle((done, failure) -> {
            if (failure != null) {
                throw LeaseProblems.of(failure);
            }
            var views = new ArrayList<ResultView>();
            done.forEach(result -> views.add(view(result, context)));
            boolean all = views.stream().allMatch(view -> view.error() == null);
            return Response.status(all ? Response.Status.OK.getStatusCode() : MULTI_STATUS)
                    .entity(new ResultsView(views))
                    .build();
        });
    }

    private static ResultView view(ReceiptResult result, RoutingContext context) {
        return LeaseProblems.of(result)
                .map(problem ->
                        new ResultView(problem.type().status(), null, null, ProblemAnswers.document(context, problem)))
                .orElseGet(() -> new ResultView(
                        Response.Status.OK.getStatusCode(),
                        result.receipt().orElse(null),
                        result.visibleUntil().orElse(null),
                        null));
    }
}
