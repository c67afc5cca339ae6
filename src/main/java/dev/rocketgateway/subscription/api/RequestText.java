package dev.rocketgateway.subscription.api;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.MalformedChunksException;
import dev.rocketgateway.problem.ProblemType;
import java.io.IOException;
import java.io.InputStream;

/** Reads the body of a request up to a size limit. */
final class RequestText {

    private final int maxSize;

    RequestText(long maxSize) {
        this.maxSize = Math.toIntExact(maxSize);
    }

    /**
     * Reads the whole body.
     *
     * @throws GatewayException {@code document-too-large}, or {@code malformed-body} if the caller disconnected
     */
    byte[] read(InputStream body) {
        try {
            byte[] bytes = body.readNBytes(maxSize + 1);
            if (bytes.length > maxSize) {
                throw GatewayException.of(
                        ProblemType.DOCUMENT_TOO_LARGE,
                        "The body is larger than the limit of %d bytes.".formatted(maxSize));
            }
            return bytes;
        } catch (IOException e) {
            throw MalformedChunksException.problemOf(e);
        }
    }
}
