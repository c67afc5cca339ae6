package dev.rocketgateway.look.topic;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rocketgateway.look.LookThreads;
import dev.rocketgateway.look.TopicNames;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.check.QueryReader;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jspecify.annotations.Nullable;

/** {@code GET /topics}: lists the topics that the caller may read, by name, without topics of RocketMQ itself. */
@Path("/topics")
@NonBlocking
class TopicListResource {

    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 1000;

    private final TopicNames topics;
    private final LookThreads threads;

    TopicListResource(TopicNames topics, LookThreads threads) {
        this.topics = topics;
        this.threads = threads;
    }

    /**
     * A page of topics.
     *
     * @param next value of {@code after} for the next page; absent on the last page
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PageView(List<TopicView> items, @Nullable String next) {

        /**
         * @param left the topics from the start of the page; more than the limit if there are more pages
         */
        static PageView of(List<String> left, int limit) {
            var page = left.subList(0, Math.min(limit, left.size()));
            return new PageView(
                    page.stream().map(TopicView::new).toList(), left.size() > limit ? page.get(limit - 1) : null);
        }
    }

    record TopicView(String topic) {}

    private record Wanted(String after, int limit) {}

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<PageView> list(@Context UriInfo uri, @Context RoutingContext context) {
        var caller = Caller.of(context);
        var wanted = QueryReader.read(
                uri,
                Set.of("limit", "after"),
                query -> new Wanted(query.text("after").orElse(""), query.limit(DEFAULT_LIMIT, MAX_LIMIT)));
        return threads.run(() -> PageView.of(
                topics.list().stream()
                        .filter(topic -> caller.may(Permission.READ, topic))
                        .map(TopicName::value)
                        .filter(name -> name.compareTo(wanted.after()) > 0)
                        .limit(wanted.limit() + 1L)
                        .toList(),
                wanted.limit()));
    }
}
