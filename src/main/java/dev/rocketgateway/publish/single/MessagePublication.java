package dev.rocketgateway.publish.single;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.google.common.primitives.Ints;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.problem.answer.Causes;
import dev.rocketgateway.problem.check.TopicParameter;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.PublishConfig;
import dev.rocketgateway.publish.SendMode;
import dev.rocketgateway.publish.SendReceipt;
import dev.rocketgateway.publish.admission.InFlightLimit;
import dev.rocketgateway.publish.admission.PublishMetrics;
import dev.rocketgateway.publish.admission.RateLimits;
import dev.rocketgateway.publish.attributes.AttributeRules;
import dev.rocketgateway.publish.attributes.FieldErrors;
import dev.rocketgateway.publish.attributes.MessageAttributes;
import dev.rocketgateway.publish.attributes.RequestAttributes;
import dev.rocketgateway.publish.request.Answer;
import dev.rocketgateway.publish.request.QueryParameters;
import dev.rocketgateway.publish.request.RequestBody;
import dev.rocketgateway.publish.send.MessageSending;
import dev.rocketgateway.publish.send.SendOutcome;
import dev.rocketgateway.security.Caller;
import dev.rocketgateway.security.Permission;
import dev.rocketgateway.tracing.RequestTraces;
import dev.rocketgateway.tracing.SendTraces;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Creates a message from a request and publishes it.
 *
 * <p>Runs on the event loop and never blocks it: the body is read as it arrives. The response completes when the publisher answers
 * or the caller's timeout ends, whichever is first.
 */
@Singleton
class MessagePublication {

    /** Header of each response to a request with valid attributes, even if publishing failed. */
    static final CharSequence MESSAGE_ID_HEADER = HttpHeaders.createOptimized("RocketMQ-Message-Id");

    private static final String REQUEST = "request";

    private final MessagePublisher publisher;
    private final RateLimits rates;
    private final InFlightLimit inFlight;
    private final PublishConfig config;
    private final PublishMetrics metrics;
    private final MessageSending sending;
    private final SendTraces traces;
    private final Vertx vertx;
    private final ObjectWriter receipts;
    private final AttributeRules rules;
    private final Map<SendMode, Mode> sends = new EnumMap<>(SendMode.class);
    private final Mode request;

    MessagePublication(
            MessagePublisher publisher,
            RateLimits rates,
            InFlightLimit inFlight,
            PublishConfig config,
            PublishMetrics metrics,
            MessageSending sending,
            ReplyPublication replies,
            SendTraces traces,
            Vertx vertx,
            ObjectMapper json) {
        this.publisher = publisher;
        this.rates = rates;
        this.inFlight = inFlight;
        this.config = config;
        this.metrics = metrics;
        this.sending = sending;
        this.rules = AttributeRules.of(publisher, config);
        this.traces = traces;
        this.vertx = vertx;
        this.receipts = json.writerFor(SendReceipt.class);
        for (var mode : SendMode.values()) {
            sends.put(mode, sending(mode));
        }
        this.request = new Mode(REQUEST, true, replies::request);
    }

    /**
     * Publishes the message of a request.
     *
     * @return completes on any thread; fails with {@link GatewayException}, or because of a bug
     * @throws GatewayException {@code unknown-mode}, {@code invalid-request} for a query that is not UTF-8
     */
    CompletableFuture<Answer> publish(String topicText, RoutingContext context) {
        long start = System.nanoTime();
        var query = QueryParameters.of(context.request());
        var errors = new FieldErrors();
        var mode = errors.collect(() -> mode(query.getOrDefault("mode", List.of())));
        CompletableFuture<Answer> answer;
        try {
            answer = publish(
                    head(topicText, mode, query, context.request().headers(), Caller.of(context), errors), context);
        } catch (GatewayException e) {
            if (mode.isEmpty()) {
                throw e;
            }
            answer = CompletableFuture.failedFuture(e);
        }
        var label = mode.orElseThrow().label();
        return answer.whenComplete((done, failure) -> metrics.answered(
                topicText,
                label,
                failure == null ? PublishMetrics.SUCCESS : Causes.codeOf(failure),
                System.nanoTime() - start));
    }

    /** The parts of a message that are known before its body is read. */
    private record Head(TopicName topic, Mode mode, RequestAttributes attributes, MessageForm form) {}

    /** A mode, and how it publishes a message and answers. */
    private record Mode(String label, boolean waitsForReply, Sending sending) {}

    private interface Sending {

        /**
         * @param permit released when neither the message nor its response is in use any longer
         */
        CompletableFuture<Answer> publish(
                OutgoingMessage message, Duration timeout, InFlightLimit.Permit permit, RoutingContext context);
    }

    private Mode sending(SendMode mode) {
        return new Mode(mode.label(), false, (message, timeout, permit, context) -> sending.one(
                        message, mode, timeout, permit::release)
                .thenApply(outcome -> answer(outcome, mode)));
    }

    /**
     * Finds the mode by the values of its parameter.
     *
     * @throws GatewayException {@code unknown-mode}
     */
    private Mode mode(List<String> given) {
        return given.equals(List.of(REQUEST))
                ? request
                : sends.get(SendMode.parse(given, "sync, async, oneway or request"));
    }

    /**
     * Reads and checks the parts of the request before its body.
     *
     * @throws GatewayException {@code forbidden}, or a problem with every fault of path, query and headers
     */
    private Head head(
            String topicText,
            Optional<Mode> mode,
            Map<String, List<String>> query,
            MultiMap headers,
            Caller caller,
            FieldErrors errors) {
        var topic = errors.collect(() -> TopicParameter.read(topicText));
        topic.ifPresent(named -> caller.require(Permission.PUBLISH, named));
        var attributes = errors.collect(() -> RequestAttributes.read(query, headers, rules));
        var message = attributes.map(RequestAttributes::message).orElse(MessageAttributes.NONE);
        boolean waits = mode.isPresent() && mode.get().waitsForReply();
        if (waits && message.schedule().isPresent()) {
            errors.add(
                    "mode", "cannot be 'request' for a scheduled message; use another mode, or leave out the schedule");
        }
        var form = errors.collect(() -> MessageForm.of(headers, message));
        errors.throwIfAny();
        return new Head(topic.orElseThrow(), mode.orElseThrow(), attributes.orElseThrow(), form.orElseThrow());
    }

    private CompletableFuture<Answer> publish(Head head, RoutingContext context) {
        var topic = head.topic();
        var form = head.form();
        var id = publisher.nextMessageId();
        context.response().putHeader(MESSAGE_ID_HEADER, id);
        rates.of(context, topic).takeFirst();
        var permit = inFlight.acquire();
        CompletableFuture<byte[]> body;
        try {
            permit.reserve(form.known().size());
            body = RequestBody.read(
                    vertx,
                    context.request(),
                    permit,
                    Ints.saturatedCast(config.maxMessageSize().asLongValue()),
                    ProblemType.MESSAGE_TOO_LARGE,
                    form.mayBeEmpty() ? new byte[0] : null,
                    config.bodyTimeout());
        } catch (RuntimeException e) {
            permit.release();
            throw e;
        }
        var timeout = head.attributes().timeout().orElse(publisher.defaultTimeout());
        return body.thenApply(bytes -> {
                    metrics.taken(bytes.length);
                    return form.attributes(bytes).toMessage(id, topic, form.stored(bytes));
                })
                .whenComplete((message, failure) -> {
                    if (failure != null) {
                        permit.release();
                    }
                })
                .thenCompose(message -> {
                    var trace = traces.begin(message, RequestTraces.of(context));
                    return head.mode()
                            .sending()
                            .publish(trace.message(), timeout, permit, context)
                            .whenComplete(
                                    (answer, failure) -> trace.end(failure == null ? null : Causes.codeOf(failure)));
                });
    }

    private Answer answer(SendOutcome outcome, SendMode mode) {
        if (outcome instanceof SendOutcome.Failed failed) {
            throw failed.problem();
        }
        return outcome instanceof SendOutcome.Stored stored
                ? Answer.json(mode.status(), receipts, stored.receipt())
                : Answer.noContent();
    }
}
