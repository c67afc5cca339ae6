package dev.rocketgateway.publish.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.answer.Causes;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.admission.InFlightLimit;
import dev.rocketgateway.publish.admission.PublishMetrics;
import dev.rocketgateway.publish.admission.RateLimits;
import dev.rocketgateway.publish.attributes.AttributeRules;
import dev.rocketgateway.publish.attributes.CloudEventAttributes;
import dev.rocketgateway.publish.attributes.CloudEventJson;
import dev.rocketgateway.publish.attributes.FieldErrors;
import dev.rocketgateway.publish.attributes.MessageAttributes;
import dev.rocketgateway.publish.attributes.RequestAttributes;
import dev.rocketgateway.publish.request.QueryParameters;
import dev.rocketgateway.publish.request.RequestBody;
import dev.rocketgateway.publish.request.TopicParameter;
import io.quarkus.virtual.threads.VirtualThreads;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Reads the messages of a request and publishes them: a JSON batch as a whole after it was read, lines as they arrive.
 *
 * <p>Runs on the event loop and never blocks it: a large batch is parsed and sent on another thread.
 */
@Singleton
class BatchPublication {

    /** Bodies with more bytes are parsed on a thread that may block. */
    private static final int READ_AT_ONCE = 64 * 1024;

    private static final int NOTHING_SHARED = 0;

    private final MessagePublisher publisher;
    private final BatchSending sending;
    private final LinePublication lines;
    private final RateLimits rates;
    private final InFlightLimit inFlight;
    private final PublishConfig config;
    private final PublishMetrics metrics;
    private final Vertx vertx;
    private final ExecutorService blocking;
    private final ObjectMapper json;
    private final AttributeRules rules;

    BatchPublication(
            MessagePublisher publisher,
            BatchSending sending,
            LinePublication lines,
            RateLimits rates,
            InFlightLimit inFlight,
            PublishConfig config,
            PublishMetrics metrics,
            Vertx vertx,
            @VirtualThreads ExecutorService blocking,
            ObjectMapper json) {
        this.publisher = publisher;
        this.sending = sending;
        this.lines = lines;
        this.rates = rates;
        this.inFlight = inFlight;
        this.config = config;
        this.metrics = metrics;
        this.vertx = vertx;
        this.blocking = blocking;
        this.json = json;
        this.rules = AttributeRules.of(publisher, config);
    }

    /** The body is {@code {"messages":[…]}}. */
    CompletionStage<Response> publishJson(String topicText, RoutingContext context) {
        return publish(topicText, context, this::timeout, this::publishJson);
    }

    /** The body is an array of CloudEvents. */
    CompletionStage<Response> publishEvents(String topicText, RoutingContext context) {
        return publish(
                topicText,
                context,
                (query, headers) -> RequestAttributes.read(query, headers, CloudEventJson.EVENT, rules),
                this::publishEvents);
    }

    /** Each line of the body is a message. */
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

    /** The parts of a batch that are known before its body is read. */
    record Batch(TopicName topic, SendMode mode, RequestAttributes attributes, RateLimits.Share rate) {}

    /** Reads the attributes in query and headers. */
    private interface Attributes extends BiFunction<Map<String, List<String>>, MultiMap, RequestAttributes> {}

    private RequestAttributes timeout(Map<String, List<String>> query, MultiMap headers) {
        return new RequestAttributes(MessageAttributes.NONE, RequestAttributes.readTimeout(query, headers, rules));
    }

    /**
     * @throws GatewayException with every fault of path, query and headers
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
        var attributes = errors.collect(() -> reader.apply(query, headers));
        errors.throwIfAny();
        RequestBody.refuseEncoded(headers);
        return new Batch(
                topic.orElseThrow(), mode.orElseThrow(), attributes.orElseThrow(), rates.of(context, topic.get()));
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
                        topicText, label, result == null ? label(failure) : result.label(), System.nanoTime() - start))
                .thenApply(result -> result.answer(json).toResponse());
    }

    private CompletionStage<BatchOutcomes> publishJson(
            Batch batch, RoutingContext context, InFlightLimit.Permit permit) {
        return publishWhole(
                batch,
                context,
                permit,
                NOTHING_SHARED,
                body -> BatchJson.read(body, config.maxBatchMessages(), () -> entry(batch.topic())));
    }

    private CompletionStage<BatchOutcomes> publishEvents(
            Batch batch, RoutingContext context, InFlightLimit.Permit permit) {
        var attributes = batch.attributes();
        return publishWhole(
                batch,
                context,
                permit,
                attributes.message().size(),
                body -> CloudEventBatch.read(
                        body,
                        config.maxBatchMessages(),
                        parser -> event(parser, body, attributes.message(), batch.topic())));
    }

    private BatchEntry event(JsonParser parser, byte[] source, MessageAttributes attributes, TopicName topic)
            throws IOException {
        int maxSize = size(config.maxMessageSize().asLongValue());
        int start = (int) parser.currentTokenLocation().getByteOffset();
        try {
            var all = CloudEventAttributes.fromFields(
                    CloudEventJson.attributesAt(parser), CloudEventJson.EVENT, attributes);
            var body = Arrays.copyOfRange(
                    source, start, (int) parser.currentLocation().getByteOffset());
            if (body.length > maxSize) {
                throw GatewayException.of(
                        ProblemType.MESSAGE_TOO_LARGE,
                        "The event is larger than the limit of %d bytes.".formatted(maxSize));
            }
            return new BatchEntry.Valid(all.toMessage(publisher.nextMessageId(), topic, body));
        } catch (GatewayException refused) {
            return new BatchEntry.Refused(refused);
        }
    }

    /**
     * @param shared size of the attributes that all messages share, in bytes
     */
    private CompletionStage<BatchOutcomes> publishWhole(
            Batch batch,
            RoutingContext context,
            InFlightLimit.Permit permit,
            int shared,
            Function<byte[], List<BatchEntry>> reader) {
        var timeout = batch.attributes().timeout().orElse(publisher.defaultTimeout());
        batch.rate().takeFirst();
        return RequestBody.read(
                        vertx,
                        context.request(),
                        permit,
                        size(config.maxBatchSize().asLongValue()),
                        ProblemType.BATCH_TOO_LARGE,
                        null,
                        config.bodyTimeout())
                .thenCompose(body -> CompletableFuture.supplyAsync(
                        () -> reader.apply(body), body.length > READ_AT_ONCE ? blocking : Runnable::run))
                .thenApply(entries -> {
                    permit.reserveMessages(entries.size() - 1);
                    permit.reserve((long) entries.size() * shared);
                    batch.rate().takeBatch(entries.size());
                    entries.forEach(this::count);
                    return entries;
                })
                .whenComplete((entries, failure) -> {
                    if (failure != null) {
                        permit.release();
                    }
                })
                .thenCompose(entries -> {
                    var outcomes = new BatchOutcomes(batch.mode(), config.maxBatchMessages(), context);
                    return sending.sendValid(entries, batch.mode(), timeout, permit::release)
                            .thenApply(sent -> {
                                sent.forEach(outcomes::add);
                                return outcomes;
                            });
                });
    }

    private void count(BatchEntry entry) {
        if (entry instanceof BatchEntry.Valid valid) {
            metrics.taken(valid.message().body().length);
        }
    }

    /** Creates the reader for the next entry of a JSON batch. */
    private BatchJsonEntry entry(TopicName topic) {
        return new BatchJsonEntry(
                publisher.nextMessageId(),
                topic,
                rules,
                size(config.maxMessageSize().asLongValue()));
    }

    static int size(long bytes) {
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    private static String label(Throwable failure) {
        var cause = Causes.of(failure);
        return cause instanceof GatewayException e ? e.type().code() : ProblemType.INTERNAL.code();
    }
}
