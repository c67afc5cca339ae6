package dev.rocketgateway.publish.request;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import jakarta.ws.rs.core.Response;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The response to a publish request.
 *
 * @param body null if there is none; not copied
 * @param headers additional headers, without those that describe the body
 */
public record Answer(int status, @Nullable Body body, List<Header> headers) {

    /** The bytes of the body, and their media type as in the header. */
    public record Body(byte[] bytes, CharSequence type) {}

    public record Header(String name, String value) {}

    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json;charset=UTF-8");

    /**
     * Creates a response with JSON. The document is written here, because the REST layer would look up a writer for every response
     * and write in pieces.
     */
    public static Answer json(int status, ObjectWriter writer, Object document) {
        return new Answer(status, new Body(write(writer, document), JSON), List.of());
    }

    public static byte[] write(ObjectWriter writer, Object document) {
        try {
            return writer.writeValueAsBytes(document);
        } catch (JsonProcessingException bug) {
            throw new UncheckedIOException(bug);
        }
    }

    public static Answer noContent() {
        return new Answer(204, null, List.of());
    }

    /** Converts to a response of the REST layer. */
    public Response toResponse() {
        var response = Response.status(status);
        if (body != null) {
            response.entity(body.bytes()).header("Content-Type", body.type().toString());
        }
        headers.forEach(header -> response.header(header.name(), header.value()));
        return response.build();
    }

    /** Writes the response without the REST layer, on the event loop of the request. */
    public void writeTo(HttpServerResponse response) {
        response.setStatusCode(status);
        headers.forEach(header -> response.headers().add(header.name(), header.value()));
        if (body == null) {
            response.end();
        } else {
            response.putHeader(HttpHeaders.CONTENT_TYPE, body.type()).end(Buffer.buffer(body.bytes()));
        }
    }
}
