package dev.rocketgateway.webhook;

import java.util.Arrays;
import java.util.Objects;

/**
 * The body of an endpoint's response, with the headers that decide whether it can be read.
 *
 * @param bytes the bytes that were read, which may end anywhere; not copied
 * @param whole whether the body is complete: false if it was too long or too slow, or if its connection broke
 * @param type the {@code Content-Type}; several values are joined by commas, empty if absent
 * @param coding the {@code Content-Encoding}; several values are joined by commas, empty if absent
 */
public record AnswerBody(byte[] bytes, boolean whole, String type, String coding) {

    /** A complete body without headers. */
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

    /** Shows only the number of bytes, because the bytes must not be logged. */
    @Override
    public String toString() {
        return "%d bytes".formatted(bytes.length);
    }
}
