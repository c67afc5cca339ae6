package dev.rocketgateway.publish;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/** JSON as RFC 8259 has it, in UTF-8. Whoever reads an object checks that no name comes twice. */
final class StrictJson {

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            // Names come from callers, and are mostly those of messages nobody looks into.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private StrictJson() {}

    /** What reads one document. */
    interface Reader<T> {
        T read(JsonParser parser) throws IOException;
    }

    /**
     * @throws GatewayException {@code malformed-body} if the bytes are not JSON in UTF-8, and what the reader throws
     */
    static <T> T parse(byte[] body, Reader<T> reader) {
        try (var parser = JSON.createParser(body)) {
            return reader.read(parser);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw GatewayException.causedBy(
                    e,
                    ProblemType.MALFORMED_BODY,
                    at == null
                            ? "The body is not JSON."
                            : "The body is not JSON, or not in UTF-8: see line %d, column %d."
                                    .formatted(at.getLineNr(), at.getColumnNr()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The value the parser is at, byte for byte as it stands in the source.
     *
     * @param parser at the first token of the value; at its last afterwards
     */
    static byte[] slice(JsonParser parser, byte[] source) throws IOException {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        return Arrays.copyOfRange(source, start, (int) parser.currentLocation().getByteOffset());
    }

    /**
     * Ends the reading of a document.
     *
     * @throws GatewayException {@code malformed-body} if there is anything left
     */
    static void expectEnd(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw GatewayException.of(ProblemType.MALFORMED_BODY, "The body goes on after its JSON value.");
        }
    }
}
