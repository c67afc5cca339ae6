package dev.rocketgateway.devmode;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One webhook in the inbox, as it arrived.
 *
 * @param number number of the webhook, counted from 1
 * @param headers values of the headers by name; the values of a repeated header are joined with commas
 */
record ReceivedWebhook(long number, Instant at, Map<String, String> headers, byte[] bytes) {

    private static final int DUMPED_BYTES = 1024;
    private static final int BYTES_PER_LINE = 16;
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

    /** The body as UTF-8 or, if it is not readable text, as a hex dump of its beginning. */
    @JsonProperty
    String body() {
        return text().orElseGet(this::dump);
    }

    /** Whether the body is not text. */
    @JsonProperty
    boolean binary() {
        return text().isEmpty();
    }

    /** Size of the body in bytes. */
    @JsonProperty
    int size() {
        return bytes.length;
    }

    String asText() {
        return "%s POST /dev/inbox%n%s%n%n%s%n"
                .formatted(
                        at,
                        headers.entrySet().stream()
                                .map(header -> header.getKey() + ": " + header.getValue())
                                .collect(Collectors.joining(System.lineSeparator())),
                        body());
    }

    private Optional<String> text() {
        try {
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return text.chars().anyMatch(ReceivedWebhook::isNotShown) ? Optional.empty() : Optional.of(text);
        } catch (CharacterCodingException notText) {
            return Optional.empty();
        }
    }

    private static boolean isNotShown(int character) {
        return Character.isISOControl(character) && !Character.isWhitespace(character);
    }

    private String dump() {
        var dump = new StringBuilder();
        for (int from = 0; from < Math.min(bytes.length, DUMPED_BYTES); from += BYTES_PER_LINE) {
            int to = Math.min(from + BYTES_PER_LINE, bytes.length);
            dump.append("%08x  %-47s  ".formatted(from, HEX.formatHex(bytes, from, to)));
            for (int i = from; i < to; i++) {
                dump.append(bytes[i] >= ' ' && bytes[i] <= '~' ? (char) bytes[i] : '.');
            }
            dump.append('\n');
        }
        if (bytes.length > DUMPED_BYTES) {
            dump.append("… %d more bytes%n".formatted(bytes.length - DUMPED_BYTES));
        }
        return dump.toString().stripTrailing();
    }
}
