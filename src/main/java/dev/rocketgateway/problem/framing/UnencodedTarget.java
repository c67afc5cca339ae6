package dev.rocketgateway.problem.framing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rocketgateway.problem.FieldError;
import dev.rocketgateway.problem.json.Utf8;
import java.util.HexFormat;

/** Says which part of a request target must be percent-encoded, and how to write it. */
final class UnencodedTarget {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** Maximum length of a suggestion. A longer one does not help the caller. */
    private static final int LONGEST = 200;

    private UnencodedTarget() {}

    /** The fault for a percent sign without two hexadecimal digits. */
    static FieldError percentSign(String target, int index) {
        return new FieldError(
                field(target, index),
                "has '%' without two hexadecimal digits after it; write '%' as %25" + orAll(target, index));
    }

    /** The fault for a character that must be encoded. */
    static FieldError character(String target, int index) {
        return new FieldError(
                field(target, index),
                "has a character that is not allowed in a URI; percent-encode it as UTF-8 (RFC 3986)"
                        + orAll(target, index));
    }

    private static String orAll(String target, int index) {
        var written = encoded(part(target, index), index < queryStart(target));
        return written.length() > LONGEST ? "" : "; write " + written;
    }

    /** The field that the error names: {@code path}, the parameter if the index is in its value, or else {@code query}. */
    private static String field(String target, int index) {
        if (index < queryStart(target)) {
            return "path";
        }
        var parameter = part(target, index);
        int equals = parameter.indexOf('=');
        int start = Math.max(queryStart(target), target.lastIndexOf('&', index)) + 1;
        return equals > 0 && start + equals < index ? parameter.substring(0, equals) : "query";
    }

    /** The path, or the query parameter, that contains the index. */
    private static String part(String target, int index) {
        int query = queryStart(target);
        if (index < query) {
            return target.substring(0, query);
        }
        int end = target.indexOf('&', index);
        return target.substring(Math.max(query, target.lastIndexOf('&', index)) + 1, end < 0 ? target.length() : end);
    }

    private static int queryStart(String target) {
        int query = target.indexOf('?');
        return query < 0 ? target.length() : query;
    }

    /**
     * Percent-encodes a part of the target and leaves its existing percent codes. The server has read the bytes as ISO-8859-1
     * characters. If the bytes are not UTF-8, these characters are encoded.
     */
    private static String encoded(String part, boolean inPath) {
        byte[] bytes = part.getBytes(ISO_8859_1);
        if (!Utf8.isValid(bytes)) {
            bytes = part.getBytes(UTF_8);
        }
        var encoded = new StringBuilder();
        for (int i = 0; i < bytes.length; i++) {
            int c = bytes[i] & 0xFF;
            boolean code = c == '%' && isHex(bytes, i + 1) && isHex(bytes, i + 2);
            if (code || RequestTarget.isAllowed(c, inPath)) {
                encoded.append((char) c);
            } else {
                encoded.append('%');
                HEX.toHexDigits(encoded, (byte) c);
            }
        }
        return encoded.toString();
    }

    private static boolean isHex(byte[] bytes, int index) {
        return index < bytes.length && HexFormat.isHexDigit(bytes[index]);
    }
}
