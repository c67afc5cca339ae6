package dev.rocketgateway.publish.attributes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.problem.GatewayException;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How callers write text into headers, and what the HTTP binding makes of it. */
class CloudEventAttributesTest {

    private static final MessageAttributes NONE =
            new MessageAttributes(Optional.empty(), List.of(), Map.of(), Optional.empty(), Optional.empty());

    /** The examples of the HTTP binding, 3.1.3.2, first. */
    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of(wire("Euro%20%E2%82%AC%20%F0%9F%98%80"), "Euro € 😀"),
                Arguments.of(wire("\"Euro%20%E2%82%AC%20%F0%9F%98%80\""), "Euro € 😀"),
                Arguments.of(wire("%c3%bc"), "ü"),
                Arguments.of(wire("\"a \\\"quoted\\\" one\""), "a \"quoted\" one"),
                Arguments.of(wire("Zürich €"), "Zürich €"),
                Arguments.of("Z\u00fcrich", "Zürich"),
                Arguments.of(wire("100% ok"), "100% ok"),
                Arguments.of(wire("100% Zürich €"), "100% Zürich €"),
                Arguments.of("100% Z\u00fcrich %41", "100% Zürich %41"),
                Arguments.of("Z\u00fcrich %E2%82%AC", "Zürich €"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void readsWhatCallersWrite(String value, String read) {
        var properties = CloudEventAttributes.fromHeaders(headers(value), NONE).properties();

        assertThat(properties).containsEntry("CE_subject", read);
    }

    @Test
    void refusesEncodedBytesThatAreNotUtf8() {
        assertThatThrownBy(() -> CloudEventAttributes.fromHeaders(headers("Z%FCrich"), NONE))
                .isInstanceOf(GatewayException.class)
                .hasMessageContaining("ce-subject");
    }

    private static MultiMap headers(String subject) {
        return MultiMap.caseInsensitiveMultiMap()
                .add("ce-specversion", "1.0")
                .add("ce-id", "1")
                .add("ce-source", "/orders")
                .add("ce-type", "order.created")
                .add("ce-subject", subject);
    }

    /** UTF-8 as the server reads it: one character per byte. */
    private static String wire(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1);
    }
}
