package dev.rocketgateway.problem.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads JSON bodies of requests: RFC 8259 in strict UTF-8, within {@link JsonLimits}.
 *
 * <pre>
 * bytes ──▶ UTF-8? ──▶ the parser, with limits not above the gateway's ──▶ done
 *                          │ it met a limit, or invalid JSON
 *                          ▼
 *                      {@link JsonLimits} finds values above the gateway's limits, and blanks them
 *                          │
 *                          ▼
 *                      the parser again, without limits
 * </pre>
 * The reader of an object checks for duplicate names.
 */
public final class JsonBody {

    private static final JsonFactory QUICK = factory(StreamReadConstraints.builder()
            .maxNumberLength(JsonLimits.MAX_DIGITS)
            .maxNameLength(JsonLimits.MAX_NAME)
            .maxNestingDepth(JsonLimits.MAX_LEVELS));

    /** Maximum number of arrays and objects around the entries of a body. */
    private static final int OUTER_LEVELS = 2;

    /** Parses bodies that {@link JsonLimits} has already checked. */
    private static final JsonFactory CHECKED = factory(StreamReadConstraints.builder()
            .maxNumberLength(Integer.MAX_VALUE)
            .maxNameLength(Integer.MAX_VALUE)
            .maxNestingDepth(JsonLimits.MAX_LEVELS + OUTER_LEVELS));

    private JsonBody() {}

    private static JsonFactory factory(StreamReadConstraints.Builder constraints) {
        return JsonFactory.builder()
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                // Names come from callers and are rarely repeated, so they are not interned.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                // The size of a body is bounded already.
                .streamReadConstraints(
                        constraints.maxStringLength(Integer.MAX_VALUE).build())
                .build();
    }

    /** Reads one document. May be called twice, so it must have no side effects. */
    public interface Reader<T> {
        T read(JsonParser parser) throws IOException;
    }

    /** Reads a document of entries, and checks the limits of each entry at its first token. */
    public interface EntriesReader<T> {
        T read(JsonParser parser, JsonLimits limits) throws IOException;
    }

    /**
     * Reads a body that is valid or invalid as a whole.
     *
     * @throws GatewayException {@code malformed-body} if the bytes are not JSON in UTF-8, {@code invalid-request} if they are
     *     beyond the limits, or the exception of the reader
     */
    public static <T> T parse(byte[] body, Reader<T> reader) {
        return parseEntries(body, 0, (parser, limits) -> {
            limits.check();
            return reader.read(parser);
        });
    }

    /**
     * Reads a body with entries. An entry beyond the limits does not fail the body; the reader gets its fault from
     * {@link JsonLimits#refusalAt}.
     *
     * @param level number of arrays and objects around an entry
     */
    public static <T> T parseEntries(byte[] body, int level, EntriesReader<T> reader) {
        Utf8.require(body);
        try {
            return attempt(QUICK, body, JsonLimits.NONE_EXCEEDED, reader);
        } catch (JsonProcessingException e) {
            var limits = JsonLimits.of(body, level);
            if (!(e instanceof StreamConstraintsException) && limits.areKept()) {
                throw malformed(e);
            }
            return parseWithin(limits, reader);
        }
    }

    private static <T> T parseWithin(JsonLimits limits, EntriesReader<T> reader) {
        try {
            return attempt(CHECKED, limits.blanked(), limits, reader);
        } catch (JsonProcessingException e) {
            throw malformed(e);
        }
    }

    private static <T> T attempt(JsonFactory factory, byte[] body, JsonLimits limits, EntriesReader<T> reader)
            throws JsonProcessingException {
        try (var parser = factory.createParser(body)) {
            return reader.read(parser, limits);
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GatewayException malformed(JsonProcessingException e) {
        var at = e.getLocation();
        return GatewayException.causedBy(
                e,
                ProblemType.MALFORMED_BODY,
                at == null
                        ? "The body is not JSON."
                        : "The body is not JSON: see line %d, column %d.".formatted(at.getLineNr(), at.getColumnNr()));
    }

    /**
     * The parser's current value, byte for byte as in the source.
     *
     * @param parser at the first token of the value; after the call, at its last one
     */
    public static byte[] slice(JsonParser parser, byte[] source) throws IOException {
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        return Arrays.copyOfRange(source, start, (int) parser.currentLocation().getByteOffset());
    }

    /** Whether a string has no half of a surrogate pair, which JSON can escape but UTF-8 cannot encode. */
    public static boolean isUnicode(String text) {
        return StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /**
     * Checks that the document has ended.
     *
     * @throws GatewayException {@code malformed-body} if more data follows
     */
    public static void expectEnd(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw GatewayException.of(ProblemType.MALFORMED_BODY, "The body has more data after its JSON value.");
        }
    }
}
