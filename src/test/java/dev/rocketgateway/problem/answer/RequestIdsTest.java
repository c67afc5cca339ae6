package dev.rocketgateway.problem.answer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdsTest {

    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void prefersTheCallersOwn() {
        assertThat(RequestIds.choose("mine", TRACEPARENT)).isEqualTo("mine");
    }

    @Test
    void takesTheTraceIdElse() {
        assertThat(RequestIds.choose(null, TRACEPARENT)).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb", "<x>", "ü"})
    void makesOneWhereTheCallersCouldDoHarm(String evil) {
        assertThat(RequestIds.choose(evil, null)).matches("[0-9a-f]{32}");
        assertThat(RequestIds.choose("x".repeat(129), null)).matches("[0-9a-f]{32}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"})
    void makesOneWhereThereIsNoTrace(String traceparent) {
        assertThat(RequestIds.choose(null, traceparent)).matches("[0-9a-f]{32}").isNotEqualTo("0".repeat(32));
    }
}
