package dev.rocketgateway.webhook;

import java.util.Arrays;
import java.util.Objects;

/**
 * The body of an endpoint's answer, with what is needed to judge whether it can be read.
 *
 * @param bytes as much of the body as was read, and may be cut off anywhere; not copied
 * @param whole whether the bytes are all of it: false if it was too long, too slow, or its connection broke
 * @param type the {@code Content-Type}; several are joined by commas, empty if there is none
 * @param coding the {@code Content-Encoding}; several are joined by commas, empty if there is none
 */
public record AnswerBody(byte[] bytes, boolean whole, String type, String coding) {

    /** A whole body without headers that describe it. */
    public static AnswerBody of(byte[] bytes) {
        return new AnswerBody(bytes, true, "", "");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AnswerBody that
                && whole == that.whole
                && type.equals(that.type)
                && coding.equals(that.coding)
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(whole, type, coding, Arrays.hashCode(bytes));
    }

    /** Without the bytes, which are not for logs. */
    @Override
    public String toString() {
        return "%d bytes".formatted(bytes.length);
    }
}
