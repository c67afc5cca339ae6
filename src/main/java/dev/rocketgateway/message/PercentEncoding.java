package dev.rocketgateway.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Encodes and decodes percent-encoded UTF-8 (RFC 3986, section 2.1) for HTTP header fields.
 *
 * <p>Unlike form encoding, a space is {@code %20} and a plus sign is a plus sign.
 */
public final class PercentEncoding {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String UNESCAPED_PUNCTUATION = "-._~!$&'()*+,;=:@/? ";

    private PercentEncoding() {}

    /**
     * Encodes the characters that a header field value cannot contain, and the percent sign. Most printable ASCII stays readable.
     */
    public static String encodeValue(String text) {
        return encode(text, UNESCAPED_PUNCTUATION);
    }

    /** Encodes all characters that a header field name cannot contain (RFC 9110, section 5.6.2), and the percent sign. */
    public static String encodeName(String text) {
        return encode(text, "!#$&'*+-.^_`|~");
    }

    /** Encodes every byte, so that strings that differ only in case also differ in a comparison that ignores case. */
    public static String encodeAll(String text) {
        var encoded = new StringBuilder(3 * text.length());
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            encoded.append('%');
            HEX.toHexDigits(encoded, b);
        }
        return encoded.toString();
    }

    /** Encodes all but the unreserved characters in a segment of a path (RFC 3986, section 2.3). */
    public static String encodeSegment(String text) {
        return encode(text, "-._~");
    }

    /** Encodes only characters that are not printable ASCII; all others stay as they are. */
    public static String encodeLine(String text) {
        if (isPrintable(text)) {
            return text;
        }
        var encoded = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b < 0x7F) {
                encoded.append((char) b);
            } else {
                encoded.append('%');
                HEX.toHexDigits(encoded, b);
            }
        }
        return encoded.toString();
    }

    private static String encode(String text, String punctuation) {
        if (isPlain(text, punctuation)) {
            return text;
        }
        var encoded = new StringBuilder(text.length() + 16);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            byte b = bytes[i];
            boolean edgeSpace = b == ' ' && (i == 0 || i == bytes.length - 1);
            if (isPlain(b, punctuation) && !edgeSpace) {
                encoded.append((char) b);
            } else {
                encoded.append('%');
                HEX.toHexDigits(encoded, b);
            }
        }
        return encoded.toString();
    }

    /**
     * Decodes percent-encoded UTF-8.
     *
     * @throws IllegalArgumentException if a percent sign is not followed by two hexadecimal digits, or the bytes are not
     *     UTF-8
     */
    public static String decode(String text) {
        if (text.indexOf('%') < 0 && text.chars().allMatch(c -> c < 0x80)) {
            return text;
        }
        var bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                // The server reads header bytes as ISO-8859-1, so a caller's raw UTF-8 arrives as one char per byte.
                if (c > 0xFF) {
                    throw new IllegalArgumentException(unencoded(text));
                }
                bytes.write(c);
            } else {
                if (i + 2 >= text.length()
                        || !HexFormat.isHexDigit(text.charAt(i + 1))
                        || !HexFormat.isHexDigit(text.charAt(i + 2))) {
                    throw new IllegalArgumentException(
                            "'%' must be followed by two hexadecimal digits; write a percent sign as %25");
                }
                bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
                i += 2;
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw new IllegalArgumentException(
                    text.chars().allMatch(c -> c < 0x80)
                            ? "the percent-encoded bytes are not UTF-8; for example, ü is %C3%BC in UTF-8"
                            : unencoded(text),
                    notUtf8);
        }
    }

    /** The error text for characters that must be encoded, with the encoded form. */
    private static String unencoded(String text) {
        var written = new StringBuilder();
        text.codePoints()
                .forEach(c -> written.append(c < 0x80 ? Character.toString(c) : encodeAll(Character.toString(c))));
        return "has characters outside ASCII; percent-encode them as UTF-8: write " + written;
    }

    /** A loop and not a stream, as below, because this runs for each header of each webhook. */
    private static boolean isPrintable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x7F) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(String text, String punctuation) {
        int last = text.length() - 1;
        if (last >= 0 && (text.charAt(0) == ' ' || text.charAt(last) == ' ')) {
            return false;
        }
        for (int i = 0; i <= last; i++) {
            if (!isPlain(text.charAt(i), punctuation)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isPlain(int c, String punctuation) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || (c > 0 && c < 0x80 && punctuation.indexOf(c) >= 0);
    }
}
