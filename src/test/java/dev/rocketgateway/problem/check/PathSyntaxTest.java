package dev.rocketgateway.problem.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathSyntaxTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "*",
                "/topics/t/messages",
                "/topics/t/messages/",
                "/topics/t%3Bx/messages:batch",
                "/topics/a.b/messages",
                "/topics/a%2Eb/messages",
                "/topics/.a/messages",
                "/topics/a../messages",
                "/topics/..a/messages",
                "/topics/.../messages",
                "/topics/%2e%2E./messages",
                "/topics/a%2Fb/messages",
                "/topics/%252e%252e/messages",
                "/q/openapi.json",
            })
    void takesAPath(String path) {
        assertThat(PathSyntax.fault(path, text -> text.replaceAll("//+", "/"))).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "/topics/x/../t/messages, /topics/t/messages",
        "/topics/./t/messages, /topics/t/messages",
        "/topics/t/messages/., /topics/t/messages/",
        "/topics/t/messages/.., /topics/t/",
        "/./topics/t, /topics/t",
        "/../topics/t, /topics/t",
        "/.., /",
        "/., /",
        "/topics/%2e%2e/q/health, /q/health",
        "/topics/%2E/t, /topics/t",
        "/topics/x/%2E%2e/t, /topics/t",
        "/topics/x/.%2e/t, /topics/t",
        "/topics/x/%2e./t, /topics/t",
        "/topics//x/../t, /topics/t",
        "/q/../topics/t/messages, /topics/t/messages",
    })
    void refusesSegmentsOfDots(String path, String fix) {
        assertFault(path, "'%s' has a segment '.' or '..'; write '%s'".formatted(path, fix));
    }

    @ParameterizedTest
    @CsvSource({
        "/topics//t/messages, /topics/t/messages",
        "/topics/t//messages, /topics/t/messages",
        "/topics///t/messages, /topics/t/messages",
        "/topics/t/messages//, /topics/t/messages/",
        "//topics/t, /topics/t",
        "/q//health, /q/health",
        "//, /",
    })
    void refusesEmptySegments(String path, String fix) {
        assertFault(path, "'%s' has an empty segment; write '%s'".formatted(path, fix));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/topics/t;tag=x/messages",
                "/topics/t/messages;tag=x",
                "/topics/x/..;/t/messages",
                "/topics/x/%2e%2e;/t/messages",
                "/q/health;",
                "/;"
            })
    void refusesParameters(String path) {
        assertFault(path, "has a parameter after ';'; put parameters into the query, after '?'");
    }

    private static void assertFault(String path, String fault) {
        var error = Objects.requireNonNull(PathSyntax.fault(path, text -> text.replaceAll("//+", "/")));
        assertThat(error.field()).isEqualTo("path");
        assertThat(error.message()).isEqualTo(fault);
    }
}
