package dev.rocketgateway.publish.single;

import dev.rocketgateway.message.MessageProperties;
import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.PercentEncoding;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.publish.MessagePublisher;
import dev.rocketgateway.publish.PendingReply;
import dev.rocketgateway.publish.ReplyMessage;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.publish.admission.InFlightLimit;
import dev.rocketgateway.publish.admission.ReferenceCount;
import dev.rocketgateway.publish.attributes.AttributeNames;
import dev.rocketgateway.publish.request.Answer;
import dev.rocketgateway.publish.send.MessageSending;
import dev.rocketgateway.publish.send.SendOutcome;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Handles {@code mode=request}: publishes a message and responds with the reply of a consumer.
 *
 * <pre>
 * caller ──▶ request ──▶ broker ──▶ consumer
 *    ◀────── 200 ◀────── broker ◀── reply         RocketMQ's request-reply, RIP-11
 * </pre>
 * Never blocks. The response has the same form as a request: the body of the reply as body, its attributes as {@code RocketMQ-*}
 * headers.
 */
@Singleton
class ReplyPublication {

    /** A media type (RFC 9110, section 8.3.1), but no range such as {@code text/*}. */
    private static final Pattern MEDIA_TYPE = Pattern.compile(
            "T/T(?:[ \t]*;[ \t]*T=(?:T|\"[ !#-\\[\\]-~]*\"))*".replace("T", "[A-Za-z0-9!#$&'+.^_`|~-]+"));

    private final MessagePublisher publisher;
    private final MessageSending sending;

    ReplyPublication(MessagePublisher publisher, MessageSending sending) {
        this.publisher = publisher;
        this.sending = sending;
    }

    /**
     * Publishes the message and waits for the reply.
     *
     * @param permit released when the client has released the message and the response was handed to the network
     * @return fails with {@link GatewayException}: {@code reply-timeout} if the request is stored but no consumer replies in time
     */
    CompletableFuture<Answer> request(
            OutgoingMessage message, Duration timeout, InFlightLimit.Permit permit, RoutingContext context) {
        var held = new ReferenceCount(permit::release);
        var written = new AtomicBoolean();
        Runnable answered = () -> {
            if (written.compareAndSet(false, true)) {
                held.release();
            }
        };
        try {
            var pending = publisher.request(message, timeout);
            held.hold();
            pending.stored().whenComplete((receipt, failure) -> held.release());
            var reply = new CompletableFuture<ReplyMessage>();
            pending.reply().whenComplete((replied, failure) -> {
                if (failure == null) {
                    permit.add(replied.body().length);
                    reply.complete(replied);
                } else {
                    reply.completeExceptionally(failure);
                }
            });
            pending.stored().thenApply(sending::stored).thenAccept(outcome -> {
                if (outcome instanceof SendOutcome.Failed failed) {
                    reply.completeExceptionally(failed.problem());
                }
            });
            // The response was sent or the caller has gone, so nobody waits any longer.
            Runnable end = () -> {
                answered.run();
                reply.completeExceptionally(new TimeoutException());
            };
            context.addEndHandler(ended -> end.run());
            if (context.response().closed()) {
                end.run();
            }
            return reply.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).handle((replied, failure) -> {
                pending.forget().run();
                return failure == null ? answer(replied) : fail(failure, pending, message);
            });
        } catch (RuntimeException bug) {
            answered.run();
            throw bug;
        }
    }

    private static Answer fail(Throwable failure, PendingReply pending, OutgoingMessage message) {
        if (failure instanceof GatewayException problem) {
            throw problem;
        }
        var stored = pending.stored().toCompletableFuture();
        boolean noReply = failure instanceof TimeoutException && stored.isDone() && !stored.isCompletedExceptionally();
        throw MessageSending.failed(noReply ? new SendFailedException(Reason.NO_REPLY) : failure, message)
                .problem();
    }

    private static Answer answer(ReplyMessage reply) {
        var headers = new ArrayList<Answer.Header>();
        var encoding = reply.properties().get(MessageProperties.CONTENT_ENCODING);
        if (encoding != null) {
            headers.add(new Answer.Header("Content-Encoding", PercentEncoding.encodeValue(encoding)));
        }
        reply.tag()
                .ifPresent(tag ->
                        headers.add(new Answer.Header(AttributeNames.TAG_HEADER, PercentEncoding.encodeValue(tag))));
        if (!reply.keys().isEmpty()) {
            headers.add(new Answer.Header(
                    AttributeNames.KEYS_HEADER,
                    reply.keys().stream()
                            .map(key -> PercentEncoding.encodeValue(key).replace(",", "%2C"))
                            .collect(Collectors.joining(","))));
        }
        new TreeMap<>(reply.properties())
                .forEach((name, value) -> headers.add(new Answer.Header(
                        AttributeNames.PROPERTY_HEADER,
                        PercentEncoding.encodeName(name) + "=" + PercentEncoding.encodeValue(value))));
        return new Answer(200, new Answer.Body(reply.body(), contentType(reply)), headers);
    }

    private static String contentType(ReplyMessage reply) {
        var given = reply.properties().getOrDefault(MessageProperties.CONTENT_TYPE, "");
        return MEDIA_TYPE.matcher(given).matches() ? given : "application/octet-stream";
    }
}
