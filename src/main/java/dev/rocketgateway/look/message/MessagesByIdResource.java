package dev.rocketgateway.look.message;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rocketgateway.deliver.MessageSource.Filter;
import dev.rocketgateway.look.LookThreads;
import dev.rocketgateway.look.MessageFinder;
import dev.rocketgateway.look.MessageFinder.GroupProgress;
import dev.rocketgateway.look.ReadableTopic;
import dev.rocketgateway.look.StoredMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.check.QueryReader;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.subscription.Source;
import dev.rocketgateway.subscription.StoreUnavailableException;
import dev.rocketgateway.subscription.Subscription;
import dev.rocketgateway.subscription.SubscriptionAccess;
import dev.rocketgateway.subscription.SubscriptionStore;
import dev.rocketgateway.subscription.history.Attempt;
import dev.rocketgateway.subscription.history.AttemptLog;
import io.smallrye.common.annotation.NonBlocking;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * Serves {@code GET /topics/{topic}/messages/{messageId}}: a stored message, and its state in each subscription of the topic that the
 * caller may see.
 */
@Path("/topics/{topic}")
@NonBlocking
class MessagesByIdResource {

    private static final int MAX_ID_LENGTH = 1000;
    private static final int MAX_ATTEMPTS = 20;

    /** Maximum number of subscriptions in a response, because each subscription needs several calls to brokers. */
    private static final int MAX_SUBSCRIPTIONS = 50;

    private final MessageFinder finder;
    private final SubscriptionStore subscriptions;
    private final AttemptLog attempts;
    private final LookThreads threads;

    MessagesByIdResource(
            MessageFinder finder, SubscriptionStore subscriptions, AttemptLog attempts, LookThreads threads) {
        this.finder = finder;
        this.subscriptions = subscriptions;
        this.attempts = attempts;
        this.threads = threads;
    }

    private record Wanted(boolean body, Optional<String> subscription) {}

    @GET
    @Path("messages/{messageId}")
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(hidden = true) // described in META-INF/openapi.yaml
    public CompletionStage<ObjectNode> get(
            @PathParam("topic") String name,
            @PathParam("messageId") String id,
            @Context UriInfo uri,
            @Context RoutingContext context) {
        var caller = Caller.of(context);
        var topic = ReadableTopic.of(name, caller);
        var wanted = QueryReader.read(
                uri,
                Set.of("body", "subscription"),
                query -> new Wanted(query.flag("body"), query.text("subscription")));
        if (id.length() > MAX_ID_LENGTH) {
            throw GatewayException.invalid("messageId", "must have at most %d characters".formatted(MAX_ID_LENGTH));
        }
        return threads.run(() -> look(caller, topic, id, wanted));
    }

    private ObjectNode look(Caller caller, TopicName topic, String id, Wanted wanted) {
        if (!finder.exists(topic)) {
            throw ReadableTopic.notFound(topic);
        }
        var found = finder.byId(topic, id);
        if (found.messages().isEmpty()) {
            throw missing(topic, id, found.silent());
        }
        var stored = found.messages().get(0);
        var json = MessageViews.of(stored, wanted.body());
        var candidates = subscriptions.list().stream()
                .filter(one -> one.source().topic().equals(topic))
                .filter(one -> wanted.subscription().map(one.name()::equals).orElse(true))
                .filter(one -> SubscriptionAccess.sees(caller, one))
                .toList();
        var views = json.putArray("subscriptions");
        var silent = new TreeSet<String>();
        for (var subscription : candidates.subList(0, Math.min(MAX_SUBSCRIPTIONS, candidates.size()))) {
            views.add(view(topic, stored, subscription, silent));
        }
        if (candidates.size() > MAX_SUBSCRIPTIONS) {
            json.put("moreSubscriptions", candidates.size() - MAX_SUBSCRIPTIONS);
        }
        if (!silent.isEmpty()) {
            silent.forEach(json.putArray("missingBrokers")::add);
        }
        return json;
    }

    private ObjectNode view(TopicName topic, StoredMessage stored, Subscription subscription, Set<String> silent) {
        var known = attempts(subscription, stored.message().id());
        Optional<GroupProgress> progress = stored.scheduled()
                ? Optional.empty()
                : Optional.of(finder.progress(
                        topic,
                        stored,
                        subscription.source().consumerGroup(),
                        subscription.retryTopic(),
                        filter(subscription)));
        progress.ifPresent(group -> silent.addAll(group.silent()));
        return MessageViews.of(subscription.name(), Fate.of(stored, subscription, progress, known), known);
    }

    private List<Attempt> attempts(Subscription subscription, String id) {
        try {
            return attempts.of(subscription.name(), id, MAX_ATTEMPTS);
        } catch (StoreUnavailableException e) {
            throw GatewayException.causedBy(e, ProblemType.STORE_UNAVAILABLE, "The database does not answer.");
        }
    }

    private static Filter filter(Subscription subscription) {
        var filter = subscription.source().filter();
        return new Filter(filter.type() == Source.Filter.Type.SQL92, filter.expression());
    }

    private static GatewayException missing(TopicName topic, String id, Collection<String> silent) {
        return silent.isEmpty()
                ? GatewayException.of(
                        ProblemType.MESSAGE_NOT_FOUND,
                        "Topic '%s' has no message with the id '%s'. Brokers delete messages after some time."
                                .formatted(topic, id))
                : GatewayException.of(
                        ProblemType.BROKER_UNAVAILABLE,
                        "The message was not found, and broker '%s' does not answer. Try again later."
                                .formatted(String.join("', '", silent)));
    }
}
