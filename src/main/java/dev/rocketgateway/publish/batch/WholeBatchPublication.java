package dev.rocketgateway.publish.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.google.common.primitives.Ints;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.admission.InFlightLimit;
import dev.rocketgateway.publish.admission.PublishMetrics;
import dev.rocketgateway.publish.attributes.AttributeRules;
import dev.rocketgateway.publish.attributes.CloudEventAttributes;
import dev.rocketgateway.publish.attributes.CloudEventJson;
import dev.rocketgateway.publish.attributes.MessageAttributes;
import dev.rocketgateway.publish.request.RequestBody;
import io.quarkus.virtual.threads.VirtualThreads;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/**
 * Publishes a batch whose body is read as a whole first: a JSON object, or an array of CloudEvents.
 *
 * <p>Runs on the event loop and never blocks it: a large batch is parsed and sent on another thread.
 */
@Singleton
class WholeBatchPublication {

    /** Bodies with more bytes are parsed on a thread that may block. */
    private static final int READ_AT_ONCE = 64 * 1024;

    private static final int NOTHING_SHARED = 0;

    private final MessagePublisher publisher;
    private final BatchSending sending;
    private final PublishConfig config;
    private final PublishMetrics metrics;
    private final Vertx vertx;
    private final ExecutorService blocking;
    private final AttributeRules rules;

    WholeBatchPublication(
            MessagePublisher publisher,
            BatchSending sending,
            PublishConfig config,
            PublishMetrics metrics,
            Vertx vertx,
            @VirtualThreads ExecutorService blocking) {
        this.publisher = publisher;
        this.sending = sending;
        this.config = config;
        this.metrics = metrics;
        this.vertx = vertx;
        this.blocking = blocking;
        this.rules = AttributeRules.of(publisher, config);
    }

    /** Publishes a body of the form {@code {"messages":[…]}}. */
    CompletionStage<BatchOutcomes> publishJson(Batch batch, RoutingContext context, InFlightLimit.Permit permit) {
        return publishWhole(
                batch,
                context,
                permit,
                NOTHING_SHARED,
                body -> BatchJson.read(body, config.maxBatchMessages(), () -> entry(batch.topic())));
    }

    /** Publishes a body that is an array of CloudEvents. */
    CompletionStage<BatchOutcomes> publishEvents(Batch batch, RoutingContext context, InFlightLimit.Permit permit) {
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
        int maxSize = Ints.saturatedCast(config.maxMessageSize().asLongValue());
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
                        Ints.saturatedCast(config.maxBatchSize().asLongValue()),
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
                    return sending.sendValid(entries, batch.mode(), timeout, batch.trace(), permit::release)
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
                Ints.saturatedCast(config.maxMessageSize().asLongValue()));
    }
}
