package dev.rocketgateway.message;

/**
 * Escapes external text for log lines, so that it cannot end the line, start another field or hide later text.
 *
 * <p>Message ids, topics and names come from producers, which can send any string.
 */
public final class LogText {

    /** Maximum number of characters of a value or a sentence. Longer text is cut, because it would fill the log. */
    public static final int MAX_LENGTH = 256;

    private LogText() {}

    /** Escapes the value of a field: like {@link #sentence}, but without spaces, which separate fields. */
    public static String value(String text) {
        return sentence(text).replace(" ", "%20");
    }

    /** Escapes a line that may contain external text anywhere. */
    public static String line(String text) {
        return PercentEncoding.encodeLine(text);
    }

    /** Escapes text at the end of a line: all but printable ASCII is percent-encoded, as in headers of webhooks. */
    public static String sentence(String text) {
        if (text.length() <= MAX_LENGTH) {
            return PercentEncoding.encodeLine(text);
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
        return PercentEncoding.encodeLine(text.substring(0, end)) + "...(%d characters)".formatted(text.length());
    }
}
