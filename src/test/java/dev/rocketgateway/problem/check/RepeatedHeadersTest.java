package dev.rocketgateway.problem.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.problem.FieldError;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatedHeadersTest {

    private static MultiMap headers(String... lines) {
        var headers = HttpHeaders.headers();
        for (int i = 0; i < lines.length; i += 2) {
            headers.add(lines[i], lines[i + 1]);
        }
        return headers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Accept", "Accept-Encoding", "Content-Encoding", "If-Match", "If-None-Match", "content-encoding"
            })
    void joinsTheLinesOfAList(String name) {
        var headers = headers(name, "a", "X", "y", name.toUpperCase(Locale.ROOT), "b, c", name, "d");

        assertThat(RepeatedHeaders.merge(headers)).isEmpty();

        assertThat(headers.getAll(name)).containsExactly("a, b, c, d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id"})
    void refusesASingleValueThatDiffers(String name) {
        var headers = headers(name, "a", name.toLowerCase(Locale.ROOT), "b");

        assertThat(RepeatedHeaders.merge(headers))
                .containsExactly(new FieldError(name, "is given more than once, with different values"));

        assertThat(headers.contains(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "Content-Type", "Idempotency-Key", "X-Request-Id", "traceparent"})
    void takesASingleValueThatComesTwice(String name) {
        var headers = headers(name, "a", name, "a");

        assertThat(RepeatedHeaders.merge(headers)).isEmpty();

        assertThat(headers.getAll(name)).containsExactly("a");
    }

    @Test
    void leavesOutATraceparentThatDiffers() {
        var headers = headers("traceparent", "a", "traceparent", "b");

        assertThat(RepeatedHeaders.merge(headers)).isEmpty();

        assertThat(headers.contains("traceparent")).isFalse();
    }

    @Test
    void leavesAllOtherHeadersAsTheyAre() {
        var headers = headers(
                "RocketMQ-Property", "a=1", "RocketMQ-Property", "b=2", "Accept", "a", "ce-id", "1", "ce-id", "2");

        assertThat(RepeatedHeaders.merge(headers)).isEmpty();

        assertThat(headers.getAll("RocketMQ-Property")).isEqualTo(List.of("a=1", "b=2"));
        assertThat(headers.getAll("ce-id")).hasSize(2);
        assertThat(headers.get("Accept")).isEqualTo("a");
    }

    @Test
    void namesEveryHeaderThatDiffers() {
        var headers =
                headers("Content-Type", "a/b", "Content-Type", "a/c", "Idempotency-Key", "1", "Idempotency-Key", "2");

        assertThat(RepeatedHeaders.merge(headers))
                .extracting(FieldError::field)
                .containsExactly("Content-Type", "Idempotency-Key");
    }
}
