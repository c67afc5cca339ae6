package dev.rocketgateway.publish;

import dev.rocketgateway.message.MessageProperties;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * {@code mode=request}: publishes a message and answers with the message a consumer replies.
 *
 * <pre>
 * caller ──▶ request ──▶ broker ──▶ consumer
 *    ◀────── 200 ◀────── broker ◀── reply         RocketMQ's request-reply, RIP-11
 * </pre>
 * Never blocks. What is in the reply goes back the way it would have come: the body as body, the rest as {@code RocketMQ-*} headers.
 */
@ApplicationScoped
class ReplyPublication {

    private static final String DEFAULT_CONTENT_TYPE = "application/octet-stream";

    private final MessagePublisher publisher;

    ReplyPublication(MessagePublisher publisher) {
        this.publisher = publisher;
    }

    /**
     * @param letGo called once the client is done with the message and the caller has its answer
     * @return fails with {@link GatewayException}: {@code reply-timeout} if the request is stored and nobody replies in time
     */
    CompletionStage<Response> request(OutgoingMessage message, Duration timeout, Runnable letGo) {
        var held = new LastRelease(letGo);
        try {
            var pending = publisher.request(message, timeout);
            held.hold();
            pending.stored().whenComplete((stored, failure) -> held.release());
            return pending.reply()
                    .toCompletableFuture()
                    .copy()
                    .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                    .handle((reply, failure) -> failure == null ? answer(reply) : fail(failure, pending, message))
                    .whenComplete((answer, problem) -> held.release());
        } catch (RuntimeException bug) {
            held.release();
            throw bug;
        }
    }

    private static Response fail(Throwable failure, PendingReply pending, OutgoingMessage message) {
        var stored = pending.stored().toCompletableFuture();
        boolean noReply = failure instanceof TimeoutException && stored.isDone() && !stored.isCompletedExceptionally();
        throw MessageSending.failed(noReply ? new SendFailedException(Reason.NO_REPLY) : failure, message)
                .problem();
    }

    private static Response answer(ReplyMessage reply) {
        var answer = Response.ok(reply.body()).type(contentType(reply));
        var encoding = reply.properties().get(MessageProperties.CONTENT_ENCODING);
        if (encoding != null) {
            answer.header(HttpHeaders.CONTENT_ENCODING, PercentEncoding.encodeValue(encoding));
        }
        reply.tag().ifPresent(tag -> answer.header(RequestAttributes.TAG_HEADER, PercentEncoding.encodeValue(tag)));
        if (!reply.keys().isEmpty()) {
            answer.header(
                    RequestAttributes.KEYS_HEADER,
                    reply.keys().stream()
                            .map(key -> PercentEncoding.encodeValue(key).replace(",", "%2C"))
                            .collect(Collectors.joining(",")));
        }
        new TreeMap<>(reply.properties())
                .forEach((name, value) -> answer.header(
                        RequestAttributes.PROPERTY_HEADER,
                        PercentEncoding.encodeName(name) + "=" + PercentEncoding.encodeValue(value)));
        return answer.build();
    }

    private static MediaType contentType(ReplyMessage reply) {
        var given = reply.properties().getOrDefault(MessageProperties.CONTENT_TYPE, DEFAULT_CONTENT_TYPE);
        try {
            return MediaType.valueOf(PercentEncoding.encodeValue(given.strip()).replace("%22", "\""));
        } catch (IllegalArgumentException none) {
            return MediaType.APPLICATION_OCTET_STREAM_TYPE;
        }
    }
}
