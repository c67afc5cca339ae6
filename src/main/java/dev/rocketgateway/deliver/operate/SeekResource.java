package dev.rocketgateway.deliver.operate;

import dev.rocketgateway.deliver.MessageSource.Start;
import dev.rocketgateway.security.Caller;
import io.smallrye.common.annotation.Blocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * {@code POST /subscriptions/{name}:seek}: moves a subscription to another position in its topic. Delivery stops during the move.
 */
@Path("/subscriptions/{name: [^/:]+}:seek")
@Blocking
class SeekResource {

    private static final String POSITION = "position";
    private static final String TIMESTAMP = "timestamp";

    private final SubscriptionLookup subscriptions;
    private final OperatorThreads threads;

    SeekResource(SubscriptionLookup subscriptions, OperatorThreads threads) {
        this.subscriptions = subscriptions;
        this.threads = threads;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<Map<String, String>> seek(
            @PathParam("name") String name, InputStream body, @Context RoutingContext context) {
        var caller = Caller.of(context);
        var run = subscriptions.requireRun(caller, name);
        var position = read(body);
        return threads.run(() -> {
            run.seek(position);
            caller.did("seek", name);
            return view(position);
        });
    }

    private static Start read(InputStream body) {
        var document = new OperatorRequest(body, Set.of(POSITION, TIMESTAMP));
        var position = document.text(POSITION);
        var time = document.time(TIMESTAMP);
        Optional<Start> start = position.flatMap(text -> switch (text) {
            case "LATEST" -> Optional.of(new Start.Latest());
            case "EARLIEST" -> Optional.of(new Start.Earliest());
            case "TIMESTAMP" -> time.map(Start.At::new);
            default -> Optional.empty();
        });
        boolean known = position.filter(Set.of("LATEST", "EARLIEST", "TIMESTAMP")::contains)
                .isPresent();
        if (!known) {
            document.fault(POSITION, "must be LATEST, EARLIEST or TIMESTAMP");
        } else if (position.get().equals("TIMESTAMP") != document.has(TIMESTAMP)) {
            document.fault(TIMESTAMP, "is required with position TIMESTAMP, and not allowed with another position");
        }
        document.throwIfFaulty();
        return start.orElseThrow();
    }

    private static Map<String, String> view(Start position) {
        if (position instanceof Start.At at) {
            return Map.of(POSITION, "TIMESTAMP", TIMESTAMP, at.time().toString());
        }
        return Map.of(POSITION, position instanceof Start.Latest ? "LATEST" : "EARLIEST");
    }
}
