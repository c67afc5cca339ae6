package dev.rocketgateway.deliver.pull;

import dev.rocketgateway.deliver.MessageLeases;
import dev.rocketgateway.deliver.lease.LeaseService;
import dev.rocketgateway.deliver.lease.LeaseService.ReceiveOptions;
import dev.rocketgateway.deliver.lease.Received;
import dev.rocketgateway.message.Durations;
import dev.rocketgateway.problem.check.QueryReader;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.subscription.Pull;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.tracing.DeliveryTraces;
import dev.rocketgateway.tracing.RequestTraces;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * Serves {@code POST /subscriptions/{name}/messages:receive}, which hands messages to a worker, each with a lease. No thread waits for
 * messages. If the connection ends before the response is written, the gateway gives the messages back.
 */
@Path("/subscriptions/{name: [^/:]+}/messages:receive")
@NonBlocking
class ReceiveResource {

    private static final Set<String> PARAMETERS = Set.of("max", "wait", "visibility", "as");

    private static final Duration MAX_WAIT = Duration.ofSeconds(20);

    private final PullLookup subscriptions;
    private final PullReadiness readiness;
    private final LeaseService leases;
    private final DeliveryTraces traces;

    ReceiveResource(PullLookup subscriptions, PullReadiness readiness, LeaseService leases, DeliveryTraces traces) {
        this.subscriptions = subscriptions;
        this.readiness = readiness;
        this.leases = leases;
        this.traces = traces;
    }

    /** The parameters of a request. */
    private record Query(int max, Duration maxWait, Duration visibility, boolean raw) {}

    @POST
    @Consumes(MediaType.WILDCARD)
    @Produces(MediaType.WILDCARD)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<Response> receive(
            @PathParam("name") String name, @Context UriInfo uri, @Context RoutingContext context) {
        var subscription = subscriptions.require(Caller.of(context), name);
        var query = QueryReader.read(
                uri, PARAMETERS, reader -> query(reader, subscription.pull().orElseThrow()));
        var gone = new CompletableFuture<Void>();
        var options = new ReceiveOptions(query.max(), query.maxWait(), query.visibility());
        var received = readiness.ready(subscription).thenCompose(ready -> leases.receive(subscription, options, gone));
        context.addEndHandler(ended -> {
            gone.complete(null);
            if (ended.failed()) {
                giveBack(subscription, received);
            }
        });
        if (context.response().closed()) {
            gone.complete(null);
            giveBack(subscription, received);
        }
        return received.handle((messages, failure) -> {
            if (failure != null) {
                throw LeaseProblems.of(failure);
            }
            record(subscription, messages, context);
            return query.raw() ? ReceivedAnswers.raw(subscription, messages) : ReceivedAnswers.json(messages);
        });
    }

    private void record(Subscription subscription, List<Received> messages, RoutingContext context) {
        if (!messages.isEmpty()) {
            var source = subscription.source();
            var consumer = new DeliveryTraces.Consumer(
                    subscription.name(),
                    source.topic().toString(),
                    source.consumerGroup().toString());
            traces.received(consumer, messages.stream().map(Received::message).toList(), RequestTraces.of(context));
        }
    }

    private void giveBack(Subscription subscription, CompletableFuture<List<Received>> received) {
        received.thenAccept(messages -> leases.giveBack(subscription, messages));
    }

    private static Query query(QueryReader reader, Pull pull) {
        boolean raw = reader.value("as", ReceiveResource::raw).orElse(false);
        int max = reader.value("max", text -> max(text, raw)).orElse(1);
        var maxWait = reader.value("wait", ReceiveResource::maxWait).orElse(Duration.ZERO);
        var visibility = reader.value("visibility", ReceiveResource::visibility).orElse(pull.visibility());
        return new Query(max, maxWait, visibility, raw);
    }

    private static boolean raw(String text) {
        return switch (text) {
            case "raw" -> true;
            case "json" -> false;
            default -> throw new IllegalArgumentException("must be json or raw");
        };
    }

    private static int max(String text, boolean raw) {
        if (!text.matches("\\d{1,9}")
                || Integer.parseInt(text) < 1
                || Integer.parseInt(text) > MessageLeases.MAX_MESSAGES) {
            throw new IllegalArgumentException("must be from 1 to " + MessageLeases.MAX_MESSAGES);
        }
        if (raw && Integer.parseInt(text) > 1) {
            throw new IllegalArgumentException(
                    "must be 1 with as=raw, because the response is the body of one message");
        }
        return Integer.parseInt(text);
    }

    private static Duration maxWait(String text) {
        var wait = Durations.parse(text);
        if (wait.isNegative() || wait.compareTo(MAX_WAIT) > 0) {
            throw new IllegalArgumentException("must be from 0s to " + Durations.format(MAX_WAIT));
        }
        return wait;
    }

    private static Duration visibility(String text) {
        var visibility = Durations.parse(text);
        var fault = Pull.VISIBILITY.faultOf(visibility);
        if (fault != null) {
            throw new IllegalArgumentException(fault);
        }
        return visibility;
    }
}
