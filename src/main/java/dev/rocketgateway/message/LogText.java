package dev.rocketgateway.message;

/**
 * Text from outside in a line of the log: it cannot end the line, begin another field or hide what follows.
 *
 * <p>Message ids, topics and names come from whoever wrote the message, and a producer can write anything.
 */
public final class LogText {

    /** Longer text is cut: nobody reads it, and it would fill the log. */
    static final int MAX_LENGTH = 256;

    private LogText() {}

    /** For the value of a field: as {@link #sentence}, and without spaces, which separate fields. */
    public static String value(String text) {
        return sentence(text).replace(" ", "%20");
    }

    /** A line that may have text from outside anywhere in it. */
    public static String line(String text) {
        return PercentEncoding.encodeLine(text);
    }

    /** For the end of a line: whatever is not printable ASCII is percent-encoded, as in headers of webhooks. */
    public static String sentence(String text) {
        if (text.length() <= MAX_LENGTH) {
            return PercentEncoding.encodeLine(text);
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
        return PercentEncoding.encodeLine(text.substring(0, end)) + "...(%d characters)".formatted(text.length());
    }
}
