package dev.rocketgateway.look.tail;

import dev.rocketgateway.look.LookThreads;
import dev.rocketgateway.look.ReadableTopic;
import dev.rocketgateway.look.TopicReads;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.answer.ProblemAnswers;
import dev.rocketgateway.security.Caller;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * Serves {@code GET /topics/{topic}/messages:tail}, which streams the messages of a topic as server-sent events or as lines of JSON. Runs
 * on the event loop.
 */
@Path("/topics/{topic}")
@NonBlocking
class TailResource {

    static final String EVENTS = "text/event-stream";
    static final String LINES = "application/x-ndjson";

    /** A weight of zero in {@code Accept}, which refuses a media type. */
    private static final Pattern UNWANTED = Pattern.compile("0(?:\\.0*)?");

    private final Tails tails;
    private final TopicReads reads;
    private final LookThreads threads;
    private final Vertx vertx;

    TailResource(Tails tails, TopicReads reads, LookThreads threads, Vertx vertx) {
        this.tails = tails;
        this.reads = reads;
        this.threads = threads;
        this.vertx = vertx;
    }

    @GET
    @Path("messages:tail")
    @Produces({EVENTS, LINES})
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public void tail(
            @PathParam("topic") String topic,
            @Context UriInfo uri,
            @Context HttpHeaders headers,
            @Context RoutingContext exchange,
            @Suspended AsyncResponse written) {
        stream(topic, uri, exchange, format(headers.getAcceptableMediaTypes()));
    }

    /**
     * The format that the caller prefers.
     *
     * @param accepted in the order of preference
     * @throws NotAcceptableException if the caller accepts none
     */
    static TailFormat format(List<MediaType> accepted) {
        return accepted.stream()
                .filter(type -> !UNWANTED.matcher(type.getParameters().getOrDefault("q", "1"))
                        .matches())
                .flatMap(type -> Arrays.stream(TailFormat.values())
                        .filter(format -> type.isCompatible(MediaType.valueOf(format.mediaType()))))
                .findFirst()
                .orElseThrow(NotAcceptableException::new);
    }

    /** Writes to the response directly. The REST layer gets no result. */
    private void stream(String name, UriInfo uri, RoutingContext exchange, TailFormat format) {
        var topic = ReadableTopic.of(name, Caller.of(exchange));
        var request = TailRequest.read(uri, exchange.request().getHeader(TailRequest.LAST_EVENT_ID));
        if (exchange.request().method().equals(HttpMethod.HEAD)) {
            exchange.response().putHeader("Content-Type", format.mediaType()).end();
            return;
        }
        tails.enter();
        start(topic, request, format, exchange);
    }

    private void start(TopicName topic, TailRequest request, TailFormat format, RoutingContext exchange) {
        var context = vertx.getOrCreateContext();
        try {
            threads.run(() -> TailStart.find(reads, topic, request))
                    .whenComplete((start, failure) -> context.runOnContext(now -> {
                        if (failure != null) {
                            tails.leave();
                            ProblemAnswers.fail(exchange, failure);
                        } else {
                            begin(topic, request, start, format, exchange);
                        }
                    }));
        } catch (RuntimeException overloaded) {
            tails.leave();
            throw overloaded;
        }
    }

    private void begin(
            TopicName topic, TailRequest request, TailStart start, TailFormat format, RoutingContext exchange) {
        if (exchange.response().closed()) {
            tails.leave();
            return;
        }
        try {
            tails.start(topic, request, start, format, exchange);
        } catch (RuntimeException stopping) {
            tails.leave();
            ProblemAnswers.fail(exchange, stopping);
        }
    }
}
