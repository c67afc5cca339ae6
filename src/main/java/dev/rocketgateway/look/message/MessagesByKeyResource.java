package dev.rocketgateway.look.message;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.look.LookThreads;
import dev.rocketgateway.look.MessageFinder;
import dev.rocketgateway.look.ReadableTopic;
import dev.rocketgateway.message.Instants;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.check.QueryReader;
import dev.rocketgateway.security.Caller;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** Serves {@code GET /topics/{topic}/messages?key=…}: the messages with a key, the newest first. */
@Path("/topics/{topic}")
@NonBlocking
class MessagesByKeyResource {

    private static final int DEFAULT_LIMIT = 20;
    private static final int MAX_KEY_LENGTH = 1000;

    /** How far a search without {@code from} goes back: the time for which brokers keep messages by default. */
    private static final Duration DEFAULT_RANGE = Duration.ofDays(3);

    /** How far a search without {@code to} goes into the future, because the clocks of brokers differ. */
    private static final Duration CLOCKS = Duration.ofMinutes(1);

    private final MessageFinder finder;
    private final LookThreads threads;

    MessagesByKeyResource(MessageFinder finder, LookThreads threads) {
        this.finder = finder;
        this.threads = threads;
    }

    private record Wanted(String key, Instant from, Instant to, int limit, boolean body) {}

    @GET
    @Path("messages")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<ObjectNode> list(
            @PathParam("topic") String name, @Context UriInfo uri, @Context RoutingContext context) {
        var topic = ReadableTopic.of(name, Caller.of(context));
        var wanted = wanted(uri);
        return threads.run(() -> find(topic, wanted));
    }

    private static Wanted wanted(UriInfo uri) {
        var wanted = QueryReader.read(uri, Set.of("key", "from", "to", "limit", "body"), query -> {
            var to = query.value("to", Instants::parse)
                    .orElseGet(() -> Instant.now().plus(CLOCKS));
            return new Wanted(
                    query.value("key", MessagesByKeyResource::key).orElse(""),
                    query.value("from", Instants::parse).orElseGet(() -> to.minus(DEFAULT_RANGE)),
                    to,
                    query.limit(DEFAULT_LIMIT, MessageFinder.MOST),
                    query.flag("body"));
        });
        if (wanted.key().isEmpty()) {
            throw GatewayException.invalid("key", "is required; it must be a key of the messages");
        }
        if (wanted.from().isAfter(wanted.to())) {
            throw GatewayException.invalid("from", "must not be after `to`");
        }
        return wanted;
    }

    private static String key(String text) {
        if (text.length() > MAX_KEY_LENGTH) {
            throw new IllegalArgumentException("must have at most %d characters".formatted(MAX_KEY_LENGTH));
        }
        return text;
    }

    private ObjectNode find(TopicName topic, Wanted wanted) {
        if (!finder.exists(topic)) {
            throw ReadableTopic.notFound(topic);
        }
        var found = finder.byKey(topic, wanted.key(), wanted.from(), wanted.to(), wanted.limit());
        if (found.messages().isEmpty() && !found.silent().isEmpty()) {
            throw GatewayException.of(
                    ProblemType.BROKER_UNAVAILABLE,
                    "No message was found, and broker '%s' does not answer. Try again later."
                            .formatted(String.join("', '", found.silent())));
        }
        var json = JsonNodeFactory.instance.objectNode();
        var items = json.putArray("items");
        found.messages().forEach(stored -> items.add(MessageViews.of(stored, wanted.body())));
        if (!found.silent().isEmpty()) {
            found.silent().forEach(json.putArray("missingBrokers")::add);
        }
        return json;
    }
}
