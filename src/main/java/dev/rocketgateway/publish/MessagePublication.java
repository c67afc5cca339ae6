package dev.rocketgateway.publish;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes a message of a request and publishes it.
 *
 * <p>Runs on the event loop and never blocks it: the body is read as it arrives, and the answer completes when the
 * publisher's stage does or the caller's time is up, whichever is first.
 */
@ApplicationScoped
class MessagePublication {

    /** In every answer to a request that got as far as having a message, the failed ones included. */
    static final String MESSAGE_ID_HEADER = "RocketMQ-Message-Id";

    private static final int MAX_PARAMETERS = 65_536;

    /** What the decoder makes of bytes that are not UTF-8, and how a caller writes it who means it. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final Pattern ENCODED_REPLACEMENT = Pattern.compile("%EF%BF%BD", Pattern.CASE_INSENSITIVE);

    private final MessagePublisher publisher;
    private final InFlightLimit inFlight;
    private final PublishConfig config;
    private final PublishMetrics metrics;
    private final Vertx vertx;
    private final AttributeRules rules;

    MessagePublication(
            MessagePublisher publisher,
            InFlightLimit inFlight,
            PublishConfig config,
            PublishMetrics metrics,
            Vertx vertx) {
        this.publisher = publisher;
        this.inFlight = inFlight;
        this.config = config;
        this.metrics = metrics;
        this.vertx = vertx;
        this.rules = new AttributeRules(
                publisher.reservedProperties(), config.maxTimeout(), config.maxDelay(), InstantSource.system());
    }

    CompletionStage<Response> publish(String topicText, RoutingContext context) {
        long start = System.nanoTime();
        var query = query(context.request());
        var mode = SendMode.parse(query.getOrDefault("mode", List.of()));
        CompletionStage<Response> answer;
        try {
            answer = publish(TopicParameter.read(topicText), mode, query, context);
        } catch (GatewayException e) {
            answer = CompletableFuture.failedStage(e);
        }
        return answer.whenComplete(
                (response, failure) -> metrics.answered(topicText, mode, outcome(failure), System.nanoTime() - start));
    }

    private CompletionStage<Response> publish(
            TopicName topic, SendMode mode, Map<String, List<String>> query, RoutingContext context) {
        var attributes = RequestAttributes.read(query, context.request().headers(), rules);
        var id = publisher.nextMessageId();
        context.response().putHeader(MESSAGE_ID_HEADER, id);
        var permit = inFlight.acquire();
        CompletableFuture<byte[]> body;
        try {
            body = RequestBody.read(
                    vertx,
                    context.request(),
                    permit,
                    (int) Math.min(Integer.MAX_VALUE, config.maxMessageSize().asLongValue()),
                    config.bodyTimeout());
        } catch (GatewayException e) {
            permit.release();
            throw e;
        }
        return body.whenComplete((bytes, failure) -> {
                    if (failure != null) {
                        permit.release();
                    }
                })
                .thenCompose(bytes -> {
                    metrics.taken(bytes.length);
                    var message = attributes.message().toMessage(id, topic, bytes);
                    return send(message, mode, attributes.timeout().orElse(publisher.defaultTimeout()), permit);
                });
    }

    /** Sends, and keeps the permit until the client has let go of the message, which can be after the answer. */
    private CompletionStage<Response> send(
            OutgoingMessage message, SendMode mode, Duration timeout, InFlightLimit.Permit permit) {
        CompletionStage<Response> sent;
        try {
            sent = send(message, mode, timeout);
        } catch (RuntimeException e) {
            sent = CompletableFuture.failedStage(e);
        }
        return sent.whenComplete((response, failure) -> permit.release())
                .toCompletableFuture()
                .copy()
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedStage(translate(failure, message)));
    }

    private CompletionStage<Response> send(OutgoingMessage message, SendMode mode, Duration timeout) {
        return switch (mode) {
            case SYNC -> publisher.send(message, timeout).thenApply(receipt -> stored(200, receipt));
            case ASYNC -> publisher.sendAsync(message, timeout).thenApply(receipt -> stored(202, receipt));
            case ONEWAY ->
                publisher.sendOneway(message, timeout).thenApply(handedOver -> Response.noContent()
                        .build());
        };
    }

    private Response stored(int status, SendReceipt receipt) {
        metrics.stored(receipt.sendStatus());
        if (config.requireSendOk() && receipt.sendStatus() != SendReceipt.Status.SEND_OK) {
            throw GatewayException.of(
                            ProblemType.NOT_REPLICATED,
                            "The message is stored with sendStatus %s, and this gateway asks for SEND_OK."
                                    .formatted(receipt.sendStatus()))
                    .withStored();
        }
        return Response.status(status).entity(receipt).build();
    }

    /** The server's own parameters do not tell {@code property.a} from {@code property.A}. */
    private static Map<String, List<String>> query(HttpServerRequest request) {
        var query = request.query();
        if (query == null) {
            return Map.of();
        }
        var parameters =
                new QueryStringDecoder(query, StandardCharsets.UTF_8, false, MAX_PARAMETERS, true).parameters();
        if (parameters.toString().indexOf(REPLACEMENT) >= 0
                && !ENCODED_REPLACEMENT.matcher(query).find()) {
            throw GatewayException.of(ProblemType.INVALID_REQUEST, "The query is not percent-encoded UTF-8.");
        }
        return parameters;
    }

    private static Throwable translate(Throwable failure, OutgoingMessage message) {
        var cause = unwrap(failure);
        if (cause instanceof SendFailedException e) {
            return SendProblems.toProblem(e, message);
        }
        if (cause instanceof TimeoutException) {
            return SendProblems.toProblem(
                    new SendFailedException(SendFailedException.Reason.TIMEOUT, null, true, cause), message);
        }
        return cause;
    }

    private static String outcome(@Nullable Throwable failure) {
        if (failure == null) {
            return PublishMetrics.SUCCESS;
        }
        return unwrap(failure) instanceof GatewayException e ? e.type().code() : ProblemType.INTERNAL.code();
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
