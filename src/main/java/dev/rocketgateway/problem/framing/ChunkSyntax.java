package dev.rocketgateway.problem.framing;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpConstants;
import org.jspecify.annotations.Nullable;

/**
 * Parses a chunked body and finds the first byte that violates the grammar (RFC 9112, section 7.1).
 *
 * <pre>
 * size     1*HEXDIG
 * extension  *( BWS ";" BWS name [ BWS "=" BWS value ] )   CR LF
 * data     as many bytes as the size says                  CR LF
 * …
 * size     1*"0", extension                                CR LF
 * trailers *( name ":" value                               CR LF )
 *                                                          CR LF
 * </pre>
 * The bytes can come in any pieces. Bytes of data are skipped and not read. One per connection, on its event loop.
 */
final class ChunkSyntax {

    static final String SIZE_FAULT =
            "A chunk size must be hexadecimal digits, at most 7fffffff, followed by CR LF, or by ';' and an extension.";
    static final String EXTENSION_FAULT =
            "A chunk extension must be ';' and a name, with or without '=' and a value, followed by CR LF.";
    static final String DATA_FAULT = "The data of a chunk must have the length of the chunk size, followed by CR LF.";
    static final String TRAILER_FAULT =
            "A trailer must be a name, ':' and a value without control characters, followed by CR LF.";

    /** The part of the grammar to which the next byte belongs. */
    private enum Part {
        FIRST_DIGIT(SIZE_FAULT),
        DIGITS(SIZE_FAULT),
        BEFORE_EXTENSION(EXTENSION_FAULT),
        BEFORE_NAME(EXTENSION_FAULT),
        NAME(EXTENSION_FAULT),
        AFTER_NAME(EXTENSION_FAULT),
        BEFORE_VALUE(EXTENSION_FAULT),
        VALUE(EXTENSION_FAULT),
        QUOTED(EXTENSION_FAULT),
        ESCAPED(EXTENSION_FAULT),
        AFTER_QUOTED(EXTENSION_FAULT),
        END_OF_SIZE(SIZE_FAULT),
        DATA(DATA_FAULT),
        AFTER_DATA(DATA_FAULT),
        END_OF_DATA(DATA_FAULT),
        BEFORE_TRAILER(TRAILER_FAULT),
        TRAILER_NAME(TRAILER_FAULT),
        TRAILER_VALUE(TRAILER_FAULT),
        END_OF_TRAILER(TRAILER_FAULT),
        END_OF_BODY(TRAILER_FAULT),
        NOTHING(""),
        FAULT("");

        private final String fault;

        Part(String fault) {
            this.fault = fault;
        }
    }

    private static final String TOKEN_SYMBOLS = "!#$%&'*+-.^_`|~";
    private static final int ASCII = 128;
    private static final boolean[] TOKEN = new boolean[ASCII];

    static {
        for (char c = '0'; c <= 'z'; c++) {
            TOKEN[c] = Character.isLetterOrDigit(c);
        }
        TOKEN_SYMBOLS.chars().forEach(c -> TOKEN[c] = true);
    }

    private Part part = Part.NOTHING;
    private long size;
    private @Nullable String fault;

    /** Starts a new body with the next byte. */
    void begin() {
        part = Part.FIRST_DIGIT;
        size = 0;
    }

    /** Whether a body has started but not ended. */
    boolean isOpen() {
        return part != Part.NOTHING;
    }

    /** The fault and its fix; null if there is none. */
    @Nullable
    String fault() {
        return fault;
    }

    /** Parses the bytes between the indexes. Returns the index after the body, or after all bytes if the body continues. */
    int follow(ByteBuf bytes, int from, int to) {
        int index = from;
        while (index < to && part != Part.NOTHING && part != Part.FAULT) {
            if (part == Part.DATA) {
                long skipped = Math.min(size, to - index);
                index += (int) skipped;
                size -= skipped;
                if (size == 0) {
                    part = Part.AFTER_DATA;
                }
            } else {
                var next = next(bytes.getByte(index++) & 0xff);
                if (next == Part.FAULT) {
                    fault = part.fault;
                }
                part = next;
            }
        }
        return index;
    }

    private Part next(int c) {
        return switch (part) {
            case FIRST_DIGIT -> digit(c);
            case DIGITS -> c == HttpConstants.CR ? Part.END_OF_SIZE : isExtension(c) ? extension(c) : digit(c);
            case BEFORE_EXTENSION -> isExtension(c) ? extension(c) : Part.FAULT;
            case BEFORE_NAME -> isBlank(c) ? Part.BEFORE_NAME : isToken(c) ? Part.NAME : Part.FAULT;
            case NAME -> isToken(c) ? Part.NAME : afterName(c);
            case AFTER_NAME -> c == HttpConstants.CR ? Part.FAULT : afterName(c);
            case BEFORE_VALUE ->
                isBlank(c) ? Part.BEFORE_VALUE : c == '"' ? Part.QUOTED : isToken(c) ? Part.VALUE : Part.FAULT;
            case VALUE -> isToken(c) ? Part.VALUE : afterValue(c);
            case QUOTED ->
                c == '"' ? Part.AFTER_QUOTED : c == '\\' ? Part.ESCAPED : isText(c) ? Part.QUOTED : Part.FAULT;
            case ESCAPED -> isText(c) ? Part.QUOTED : Part.FAULT;
            case AFTER_QUOTED -> afterValue(c);
            case END_OF_SIZE -> c != HttpConstants.LF ? Part.FAULT : size == 0 ? Part.BEFORE_TRAILER : Part.DATA;
            case AFTER_DATA -> c == HttpConstants.CR ? Part.END_OF_DATA : Part.FAULT;
            case END_OF_DATA -> c == HttpConstants.LF ? Part.FIRST_DIGIT : Part.FAULT;
            case BEFORE_TRAILER ->
                c == HttpConstants.CR ? Part.END_OF_BODY : isToken(c) ? Part.TRAILER_NAME : Part.FAULT;
            case TRAILER_NAME -> c == ':' ? Part.TRAILER_VALUE : isToken(c) ? Part.TRAILER_NAME : Part.FAULT;
            case TRAILER_VALUE ->
                c == HttpConstants.CR ? Part.END_OF_TRAILER : isText(c) ? Part.TRAILER_VALUE : Part.FAULT;
            case END_OF_TRAILER -> c == HttpConstants.LF ? Part.BEFORE_TRAILER : Part.FAULT;
            case END_OF_BODY -> c == HttpConstants.LF ? Part.NOTHING : Part.FAULT;
            case DATA, NOTHING, FAULT ->
                throw new IllegalStateException("a byte must not be checked in the state " + part);
        };
    }

    /** Adds a digit to the size. The number of leading zeros is not limited, because leading zeros are not ambiguous. */
    private Part digit(int c) {
        int digit = c < ASCII ? Character.digit(c, 16) : -1;
        size = size * 16 + digit;
        return digit < 0 || size > Integer.MAX_VALUE ? Part.FAULT : Part.DIGITS;
    }

    private static boolean isExtension(int c) {
        return c == ';' || isBlank(c);
    }

    private static Part extension(int c) {
        return c == ';' ? Part.BEFORE_NAME : Part.BEFORE_EXTENSION;
    }

    private static Part afterName(int c) {
        return c == '=' ? Part.BEFORE_VALUE : isBlank(c) ? Part.AFTER_NAME : afterValue(c);
    }

    private static Part afterValue(int c) {
        return c == HttpConstants.CR ? Part.END_OF_SIZE : isExtension(c) ? extension(c) : Part.FAULT;
    }

    private static boolean isBlank(int c) {
        return c == HttpConstants.SP || c == HttpConstants.HT;
    }

    private static boolean isToken(int c) {
        return c < ASCII && TOKEN[c];
    }

    /** Whether the byte is not a control character. */
    private static boolean isText(int c) {
        return c >= ' ' && c != 0x7f || c == HttpConstants.HT;
    }
}
