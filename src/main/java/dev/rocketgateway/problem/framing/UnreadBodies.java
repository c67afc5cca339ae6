package dev.rocketgateway.problem.framing;

import dev.rocketgateway.problem.HttpConfig;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Handles the unread body of a request that was refused.
 *
 * <p>An immediate close would reset the connection, and a caller that is still sending would lose the response. So the response to
 * a large body announces that the connection will close. The rest of the body is discarded for a short time, in which most callers
 * notice the response. Then the connection is closed.
 *
 * <p>Runs on the event loop of the request.
 */
@ApplicationScoped
class UnreadBodies {

    private static final int BEFORE_EVERY_ANSWER = 950;
    private static final long SMALL_BODY = 64 * 1024;
    private static final AttributeKey<Boolean> LAST_ANSWERED =
            AttributeKey.valueOf(UnreadBodies.class, "last-answered");

    private final Vertx vertx;
    private final HttpConfig config;

    UnreadBodies(Vertx vertx, HttpConfig config) {
        this.vertx = vertx;
        this.config = config;
    }

    void register(@Observes Filters filters) {
        filters.register(
                context -> {
                    if (followsTheLast(context.request())) {
                        // This request gets no response. The connection closes when the rest of the earlier body is
                        // discarded.
                        return;
                    }
                    var eventLoop = vertx.getOrCreateContext();
                    var closing = new AtomicBoolean();
                    context.addHeadersEndHandler(answering -> closing.set(announceClose(context)));
                    context.addEndHandler(answer -> {
                        // The reader of the body notices a caller that has gone.
                        if (answer.succeeded()) {
                            discardRest(context.request(), eventLoop, closing.get());
                        }
                    });
                    context.next();
                },
                BEFORE_EVERY_ANSWER);
    }

    /**
     * Announces that the connection will close, if the unread body is large. A small body arrives before the time is up. Its caller
     * can then use the connection for the next request.
     */
    private static boolean announceClose(RoutingContext context) {
        var request = context.request();
        boolean close = !request.isEnded() && request.version() != HttpVersion.HTTP_2 && mayTakeLong(request);
        if (close) {
            context.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            channel(request).attr(LAST_ANSWERED).set(true);
        }
        return close;
    }

    /**
     * Whether an earlier response on the connection announced the close. The server read this request together with the rest of the
     * earlier body. This request must not be processed (RFC 9112, section 9.6).
     */
    private static boolean followsTheLast(HttpServerRequest request) {
        return request.version() != HttpVersion.HTTP_2
                && Boolean.TRUE.equals(channel(request).attr(LAST_ANSWERED).get());
    }

    private static Channel channel(HttpServerRequest request) {
        return ((ConnectionBase) request.connection()).channel();
    }

    private static boolean mayTakeLong(HttpServerRequest request) {
        if (request.headers().contains(HttpHeaders.EXPECT)) {
            // The body may never arrive.
            return true;
        }
        var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null
                ? request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
                : Long.parseLong(length) > SMALL_BODY;
    }

    /** Discards the rest of the body; the response can come from any thread. */
    private void discardRest(HttpServerRequest request, Context eventLoop, boolean closing) {
        if (closing || !request.isEnded()) {
            eventLoop.runOnContext(now -> {
                // The rest may have arrived in the meantime, and an ended HTTP/2 request cannot be read again.
                if (!request.isEnded()) {
                    request.resume();
                }
                // A paused request that was read completely ends with the next event.
                eventLoop.runOnContext(next -> {
                    if (!request.isEnded()) {
                        discard(request, closing);
                    } else if (closing) {
                        request.connection().close();
                    }
                });
            });
        }
    }

    private void discard(HttpServerRequest request, boolean closing) {
        long timer = vertx.setTimer(Math.max(1, config.linger().toMillis()), stillSending -> giveUp(request));
        request.exceptionHandler(broken -> vertx.cancelTimer(timer));
        request.handler(discarded -> {});
        request.endHandler(end -> {
            vertx.cancelTimer(timer);
            if (closing) {
                request.connection().close();
            }
        });
    }

    /** In HTTP/2 the connection is shared with other requests, so only the stream of this request is closed. */
    private static void giveUp(HttpServerRequest request) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            request.connection().close();
        }
    }
}
