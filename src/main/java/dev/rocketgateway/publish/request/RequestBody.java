package dev.rocketgateway.publish.request;

import dev.rocketgateway.message.Durations;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.MalformedChunksException;
import dev.rocketgateway.problem.ProblemType;
import dev.rocketgateway.publish.admission.InFlightLimit;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of one request as it arrives, within limits of size, time and memory.
 *
 * <p>A request that announces too many bytes is refused before its first byte is read. A request that sends too many bytes is
 * refused at the first byte above the limit. Runs on the request's event loop.
 */
public final class RequestBody {

    private static final int FIRST_CAPACITY = 64 * 1024;

    private final HttpServerRequest request;
    private final InFlightLimit.Permit permit;
    private final int maxSize;
    private final ProblemType tooLarge;
    private final byte @Nullable [] ifEmpty;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private byte[] bytes;
    private int length;

    private RequestBody(
            HttpServerRequest request,
            InFlightLimit.Permit permit,
            int maxSize,
            ProblemType tooLarge,
            byte @Nullable [] ifEmpty,
            int capacity) {
        this.request = request;
        this.permit = permit;
        this.maxSize = maxSize;
        this.tooLarge = tooLarge;
        this.ifEmpty = ifEmpty;
        permit.reserve(capacity);
        this.bytes = new byte[capacity];
    }

    /**
     * Reads the whole body of a request.
     *
     * @param permit grows with the bytes read; the caller always releases it
     * @param tooLarge the problem for a larger body
     * @param ifEmpty the value for an empty body; null if an empty body is a problem
     * @return fails with {@link GatewayException} only
     */
    public static CompletableFuture<byte[]> read(
            Vertx vertx,
            HttpServerRequest request,
            InFlightLimit.Permit permit,
            int maxSize,
            ProblemType tooLarge,
            byte @Nullable [] ifEmpty,
            Duration timeout) {
        long announced = contentLength(request);
        if (announced == 0 && ifEmpty == null) {
            throw emptyBody();
        }
        if (announced > maxSize) {
            throw tooLarge(tooLarge, maxSize);
        }
        int capacity = (int) Math.min(announced < 0 ? 1024 : announced, FIRST_CAPACITY);
        var body = new RequestBody(request, permit, maxSize, tooLarge, ifEmpty, capacity);
        body.start();
        // Most bodies arrive in the same turn of the event loop and need no timer.
        vertx.getOrCreateContext().runOnContext(next -> body.limit(vertx, timeout));
        return body.whole;
    }

    private void start() {
        request.handler(this::append);
        request.endHandler(end -> complete());
        request.exceptionHandler(broken -> fail(MalformedChunksException.problemOf(broken)));
        if (request.headers().contains(HttpHeaders.EXPECT, HttpHeaders.CONTINUE, true)) {
            request.response().writeContinue();
        }
        request.resume();
    }

    private void limit(Vertx vertx, Duration timeout) {
        if (!whole.isDone()) {
            long timer = vertx.setTimer(Math.max(1, timeout.toMillis()), fired -> fail(slow(timeout)));
            whole.whenComplete((body, failure) -> vertx.cancelTimer(timer));
        }
    }

    private void append(Buffer chunk) {
        if (whole.isDone()) {
            return;
        }
        long needed = (long) length + chunk.length();
        if (needed > maxSize) {
            fail(tooLarge(tooLarge, maxSize));
            return;
        }
        try {
            ensureCapacity((int) needed);
        } catch (GatewayException overloaded) {
            fail(overloaded);
            return;
        }
        chunk.getBytes(bytes, length);
        length = (int) needed;
    }

    private void ensureCapacity(int needed) {
        if (needed > bytes.length) {
            int capacity = (int) Math.min(Math.max(needed, 2L * bytes.length), maxSize);
            permit.reserve(capacity - bytes.length);
            bytes = Arrays.copyOf(bytes, capacity);
        }
    }

    private void complete() {
        if (length == 0 && ifEmpty != null) {
            whole.complete(ifEmpty.clone());
        } else if (length == 0) {
            fail(emptyBody());
        } else {
            whole.complete(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
        }
    }

    private void fail(GatewayException problem) {
        if (whole.completeExceptionally(problem)) {
            bytes = new byte[0];
        }
    }

    /** The announced length in bytes, or -1. Invalid lengths were refused earlier. */
    private static long contentLength(HttpServerRequest request) {
        @Nullable String announced = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (announced != null) {
            return Long.parseLong(announced);
        }
        // In HTTP/2 the frames mark the end of a body, and its length need not be announced.
        boolean framed = request.version() == HttpVersion.HTTP_2;
        return framed || request.headers().contains(HttpHeaders.TRANSFER_ENCODING) ? -1 : 0;
    }

    private static GatewayException emptyBody() {
        return GatewayException.of(
                ProblemType.EMPTY_BODY, "The request has no body; send the message as the body, at least one byte.");
    }

    private static GatewayException tooLarge(ProblemType type, int maxSize) {
        return GatewayException.of(type, "The body is larger than the limit of %d bytes.".formatted(maxSize));
    }

    private static GatewayException slow(Duration timeout) {
        return GatewayException.of(
                ProblemType.REQUEST_TIMEOUT,
                "The body did not arrive within %s; nothing was stored.".formatted(Durations.format(timeout)));
    }

    /**
     * Refuses an encoded body, for operations that must read the body.
     *
     * @throws GatewayException {@code unsupported-media-type} if the body is encoded
     */
    public static void refuseEncoded(MultiMap headers) {
        var encoding = headers.get("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw GatewayException.of(
                    ProblemType.UNSUPPORTED_MEDIA_TYPE,
                    "Content-Encoding is '%s'; send the body without an encoding, because the gateway must read it."
                            .formatted(encoding));
        }
    }
}
