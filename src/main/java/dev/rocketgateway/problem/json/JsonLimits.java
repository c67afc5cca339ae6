package dev.rocketgateway.problem.json;

import com.fasterxml.jackson.core.JsonParser;
import dev.rocketgateway.problem.GatewayException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds entries of a JSON body that exceed limits of the parser: too many digits in a number, too many levels, a name that is too
 * long, or a name with half of a surrogate pair.
 *
 * <p>Looks only at brackets, strings and numbers, and needs neither a stack nor memory. The parser decides whether the rest is
 * JSON. An entry beyond the limits is blanked, so that the parser can skip it.
 */
public final class JsonLimits {

    static final int MAX_DIGITS = 1_000;
    static final int MAX_LEVELS = 1_000;
    static final int MAX_NAME = 50_000;

    private static final int LENGTH_OF_ESCAPE = "\\uXXXX".length();

    static final JsonLimits NONE_EXCEEDED = new JsonLimits(new byte[0], 0);

    private final byte[] source;
    private final int entryLevel;
    private final Map<Long, String> faults = new HashMap<>();
    private byte[] blanked;
    private int level;
    private int start = -1;
    private String fault = "";

    private JsonLimits(byte[] source, int entryLevel) {
        this.source = source;
        this.entryLevel = entryLevel;
        this.blanked = source;
    }

    /**
     * Scans a body for entries beyond the limits.
     *
     * @param level number of arrays and objects around an entry
     */
    static JsonLimits of(byte[] source, int level) {
        var limits = new JsonLimits(source, level);
        limits.scan();
        return limits;
    }

    /** Whether every entry is within the limits. */
    boolean areKept() {
        return faults.isEmpty();
    }

    /** The body without the entries that are beyond the limits: each is replaced by a zero at the same place. */
    byte[] blanked() {
        return blanked;
    }

    /**
     * The fault of the entry, if it is beyond the limits.
     *
     * @param parser at the first token of an entry
     */
    public Optional<GatewayException> refusalAt(JsonParser parser) {
        return faults.isEmpty()
                ? Optional.empty()
                : refusal(parser.currentTokenLocation().getByteOffset());
    }

    private Optional<GatewayException> refusal(long at) {
        return Optional.ofNullable(faults.get(at)).map(words -> GatewayException.invalid("body", words));
    }

    /**
     * Checks that no entry is beyond the limits.
     *
     * @throws GatewayException {@code invalid-request} if any entry is beyond the limits
     */
    void check() {
        faults.keySet().stream().findFirst().flatMap(this::refusal).ifPresent(refusal -> {
            throw refusal;
        });
    }

    private void scan() {
        int i = 0;
        while (i < source.length) {
            switch (source[i]) {
                case '{', '[' -> {
                    begin(i++);
                    level++;
                    if (level - entryLevel > MAX_LEVELS) {
                        fault = "is nested more than %d levels deep; use fewer levels".formatted(MAX_LEVELS);
                    }
                }
                case '}', ']' -> {
                    level--;
                    end(++i);
                }
                case '"' -> i = string(i);
                case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
                    begin(i);
                    i = number(i);
                    end(i);
                }
                default -> i++;
            }
        }
        level = entryLevel;
        end(i);
    }

    private void begin(int at) {
        if (level == entryLevel) {
            start = at;
            fault = "";
        }
    }

    private void end(int at) {
        if (level != entryLevel || start < 0) {
            return;
        }
        if (!fault.isEmpty()) {
            faults.put((long) start, fault);
            blank(start, at);
        }
        start = -1;
        fault = "";
    }

    private void blank(int from, int to) {
        if (blanked == source) {
            blanked = source.clone();
        }
        blanked[from] = '0';
        for (int i = from + 1; i < to; i++) {
            // Line breaks stay, because errors count lines.
            blanked[i] = source[i] == '\n' ? source[i] : (byte) ' ';
        }
    }

    /** Scans a string, and notes a fault if the string is a name beyond the limits. Returns the index after the string. */
    private int string(int from) {
        int characters = 0;
        boolean unicode = true;
        int high = -1;
        int i = from + 1;
        while (i < source.length && source[i] != '"') {
            int escaped = source[i] == '\\' ? codeUnit(i) : -1;
            boolean low = escaped >= 0 && Character.isLowSurrogate((char) escaped);
            // A high half has its low half next to it.
            unicode &= low == (high == i && high > 0);
            if (source[i] == '\\') {
                i += escaped >= 0 ? LENGTH_OF_ESCAPE : 2;
                characters++;
                high = escaped >= 0 && Character.isHighSurrogate((char) escaped) ? i : -1;
            } else {
                // Counts all bytes except those that continue a character.
                characters += (source[i] & 0xC0) == 0x80 ? 0 : 1;
                i++;
            }
        }
        unicode &= high != i;
        int end = Math.min(source.length, i + 1);
        if (level > entryLevel && (characters > MAX_NAME || !unicode) && isName(end)) {
            fault = unicode
                    ? "has a name of %d characters; a name can have at most %d".formatted(characters, MAX_NAME)
                    : "has a name with half of a surrogate pair; send both halves";
        }
        return end;
    }

    /** The code unit of the escape, or -1 if the escape is not a Unicode escape. */
    private int codeUnit(int at) {
        if (at + LENGTH_OF_ESCAPE > source.length || source[at + 1] != 'u') {
            return -1;
        }
        int unit = 0;
        for (int i = at + 2; i < at + LENGTH_OF_ESCAPE; i++) {
            unit = unit * 16 + Math.max(0, Character.digit(source[i], 16));
        }
        return unit;
    }

    private boolean isName(int end) {
        int i = end;
        while (i < source.length && (source[i] == ' ' || source[i] == '\t' || source[i] == '\r' || source[i] == '\n')) {
            i++;
        }
        return i < source.length && source[i] == ':';
    }

    /** Scans a number, and notes a fault if the number has too many digits. Returns the index after the number. */
    private int number(int from) {
        int digits = 0;
        int i = from;
        for (; i < source.length && isOfNumber(source[i]); i++) {
            digits += source[i] >= '0' && source[i] <= '9' ? 1 : 0;
        }
        if (digits > MAX_DIGITS) {
            fault = "has a number of %d digits; a number can have at most %d, so send it as a string"
                    .formatted(digits, MAX_DIGITS);
        }
        return i;
    }

    private static boolean isOfNumber(byte c) {
        return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    }
}
