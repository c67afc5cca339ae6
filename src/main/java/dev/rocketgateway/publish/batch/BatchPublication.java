package dev.rocketgateway.publish.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.answer.Causes;
import dev.rocketgateway.problem.check.TopicParameter;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.admission.InFlightLimit;
import dev.rocketgateway.publish.admission.PublishMetrics;
import dev.rocketgateway.publish.admission.RateLimits;
import dev.rocketgateway.publish.attributes.AttributeRules;
import dev.rocketgateway.publish.attributes.CloudEventJson;
import dev.rocketgateway.publish.attributes.FieldErrors;
import dev.rocketgateway.publish.attributes.MessageAttributes;
import dev.rocketgateway.publish.attributes.RequestAttributes;
import dev.rocketgateway.publish.request.QueryParameters;
import dev.rocketgateway.publish.request.RequestBody;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;
import dev.rocketgateway.tracing.RequestTraces;
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * Admits a request with many messages, passes it to the publisher of its format, and responds with the results.
 *
 * <p>Runs on the event loop and never blocks it.
 */
@Singleton
class BatchPublication {

    private final WholeBatchPublication whole;
    private final LinePublication lines;
    private final RateLimits rates;
    private final InFlightLimit inFlight;
    private final PublishMetrics metrics;
    private final ObjectMapper json;
    private final AttributeRules rules;

    BatchPublication(
            MessagePublisher publisher,
            WholeBatchPublication whole,
            LinePublication lines,
            RateLimits rates,
            InFlightLimit inFlight,
            PublishConfig config,
            PublishMetrics metrics,
            ObjectMapper json) {
        this.whole = whole;
        this.lines = lines;
        this.rates = rates;
        this.inFlight = inFlight;
        this.metrics = metrics;
        this.json = json;
        this.rules = AttributeRules.of(publisher, config);
    }

    /** Publishes a body of the form {@code {"messages":[…]}}. */
    CompletionStage<Response> publishJson(String topicText, RoutingContext context) {
        return publish(topicText, context, this::timeout, whole::publishJson);
    }

    /** Publishes a body that is an array of CloudEvents. */
    CompletionStage<Response> publishEvents(String topicText, RoutingContext context) {
        return publish(
                topicText,
                context,
                (query, headers) -> RequestAttributes.read(query, headers, CloudEventJson.EVENT, rules),
                whole::publishEvents);
    }

    /** Publishes each line of the body as a message. */
    CompletionStage<Response> publishLines(String topicText, RoutingContext context) {
        return publish(
                topicText,
                context,
                (query, headers) -> RequestAttributes.read(query, headers, LinePublication.LINE_TYPE, rules),
                lines::publish);
    }

    /** One format of a batch. */
    private interface Form {

        /**
         * @param permit released by the format, unless the method throws
         */
        CompletionStage<BatchOutcomes> publish(Batch batch, RoutingContext context, InFlightLimit.Permit permit);
    }

    /** Reads the attributes in query and headers. */
    private interface Attributes extends BiFunction<Map<String, List<String>>, MultiMap, RequestAttributes> {}

    private RequestAttributes timeout(Map<String, List<String>> query, MultiMap headers) {
        return new RequestAttributes(MessageAttributes.NONE, RequestAttributes.readTimeout(query, headers, rules));
    }

    /**
     * Reads and checks the parts of the request before its body.
     *
     * @throws GatewayException {@code forbidden}, or a problem with every fault of path, query and headers
     */
    private Batch batch(
            String topicText,
            Optional<SendMode> mode,
            Map<String, List<String>> query,
            RoutingContext context,
            Attributes reader,
            FieldErrors errors) {
        var headers = context.request().headers();
        var topic = errors.collect(() -> TopicParameter.read(topicText));
        topic.ifPresent(named -> Caller.of(context).require(Permission.PUBLISH, named));
        var attributes = errors.collect(() -> reader.apply(query, headers));
        errors.throwIfAny();
        RequestBody.refuseEncoded(headers);
        return new Batch(
                topic.orElseThrow(),
                mode.orElseThrow(),
                attributes.orElseThrow(),
                rates.of(context, topic.get()),
                RequestTraces.of(context));
    }

    private CompletionStage<Response> publish(String topicText, RoutingContext context, Attributes reader, Form form) {
        long start = System.nanoTime();
        var query = QueryParameters.of(context.request());
        var errors = new FieldErrors();
        var mode = errors.collect(() -> SendMode.parse(query.getOrDefault("mode", List.of()), "sync, async or oneway"));
        CompletionStage<BatchOutcomes> outcomes;
        try {
            var batch = batch(topicText, mode, query, context, reader, errors);
            var permit = inFlight.acquire();
            try {
                outcomes = form.publish(batch, context, permit);
            } catch (RuntimeException e) {
                permit.release();
                throw e;
            }
        } catch (GatewayException e) {
            if (mode.isEmpty()) {
                throw e;
            }
            outcomes = CompletableFuture.failedStage(e);
        }
        var label = mode.orElseThrow().label();
        return outcomes.whenComplete((result, failure) -> metrics.answered(
                        topicText,
                        label,
                        result == null ? Causes.codeOf(failure) : result.label(),
                        System.nanoTime() - start))
                .thenApply(result -> result.answer(json).toResponse());
    }
}
