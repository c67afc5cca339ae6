package dev.rocketgateway.publish.single;

import dev.rocketgateway.problem.answer.ProblemAnswers;
import dev.rocketgateway.publish.request.Answer;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Handles simple {@code POST /topics/{topic}/messages} requests without the REST layer, because that layer takes a sixth of the
 * cost of such a request (ADR 26).
 *
 * <p>A request is simple if the topic in its path needs no decoding, its {@code Content-Type} is absent or has a usual form, and its
 * {@code Accept} is absent, any type or {@code application/json}. Any other request goes to {@link MessagesResource}, for example one
 * with a percent-encoded topic or a list in {@code Accept}. That class gives the same responses.
 *
 * <p>Runs and answers on the event loop of the request.
 */
@Singleton
class MessagesRoute {

    private static final String BEFORE_TOPIC = "/topics/";
    private static final String AFTER_TOPIC = "/messages";

    /** A media type (RFC 9110, section 8.3.1), except for rare forms: quoted values, and unusual characters in tokens. */
    private static final Pattern PLAIN_TYPE = Pattern.compile("T/T(?:; ?T=T)*".replace("T", "[A-Za-z0-9+._-]+"));

    /** Looked up before the pattern, which takes longer. */
    private static final Set<String> USUAL_TYPES =
            Set.of("application/json", "application/octet-stream", "text/plain", "application/x-www-form-urlencoded");

    private final MessagePublication publication;
    private final Vertx vertx;

    MessagesRoute(MessagePublication publication, Vertx vertx) {
        this.publication = publication;
        this.vertx = vertx;
    }

    void register(@Observes Router router) {
        router.post(BEFORE_TOPIC + "*")
                .order(RouteConstants.ROUTE_ORDER_AFTER_DEFAULT - 2)
                .handler(this::take);
    }

    private void take(RoutingContext context) {
        var topic = plainTopic(context.normalizedPath());
        var request = context.request();
        if (topic == null
                || !takesJson(request.getHeader(HttpHeaders.ACCEPT))
                || !isPlainType(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
            context.next();
            return;
        }
        var answered = publish(topic, context);
        if (answered.isDone()) {
            // Most refusals happen here, before more of the body is read.
            answered.whenComplete((answer, failure) -> answer(context, answer, failure));
        } else {
            var eventLoop = vertx.getOrCreateContext();
            answered.whenComplete((answer, failure) -> eventLoop.runOnContext(now -> answer(context, answer, failure)));
        }
    }

    private CompletableFuture<Answer> publish(String topic, RoutingContext context) {
        try {
            return publication.publish(topic, context);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void answer(RoutingContext context, @Nullable Answer answer, @Nullable Throwable failure) {
        try {
            if (answer == null) {
                ProblemAnswers.fail(context, failure);
            } else if (!context.response().ended() && !context.response().closed()) {
                answer.writeTo(context.response());
            }
        } catch (RuntimeException bug) {
            context.fail(bug);
        }
    }

    /** The topic in the path, if it needs no decoding; else null. */
    static @Nullable String plainTopic(String path) {
        int end = path.length() - AFTER_TOPIC.length();
        if (end <= BEFORE_TOPIC.length() || !path.startsWith(BEFORE_TOPIC) || !path.endsWith(AFTER_TOPIC)) {
            return null;
        }
        for (int i = BEFORE_TOPIC.length(); i < end; i++) {
            char c = path.charAt(i);
            if (c == '/' || c == '%' || c == ';') {
                return null;
            }
        }
        return path.substring(BEFORE_TOPIC.length(), end);
    }

    /** Whether this route can handle the media type. The REST layer handles all others, and answers 415 to invalid ones. */
    static boolean isPlainType(@Nullable String contentType) {
        return contentType == null
                || USUAL_TYPES.contains(contentType)
                || PLAIN_TYPE.matcher(contentType).matches();
    }

    private static boolean takesJson(@Nullable String accept) {
        return accept == null || accept.equals("*/*") || accept.equals("application/json");
    }
}
