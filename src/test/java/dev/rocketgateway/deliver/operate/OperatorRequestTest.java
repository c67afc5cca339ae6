package dev.rocketgateway.deliver.operate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.problem.GatewayException;
import java.io.ByteArrayInputStream;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorRequestTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ids\":[\"\u00C0\u00AF\"]}",
                "{\"ids\":[\"\u00ED\u00A0\u0080\"]}",
                "{\"ids\":[\"\u00FC\"]}",
                "{\"ids\":[\"\u00E2\u0082",
                "{\0}\0",
                "{} {}",
                "{\"ids\":1,\"ids\":1}",
                "{\"ids\"",
            })
    void refusesWhatIsNotJsonInUtf8(String body) {
        assertThatThrownBy(() -> read(body))
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.type().code()).isEqualTo("malformed-body"));
    }

    @Test
    void hasLimits() {
        assertThatThrownBy(() -> read("{\"ids\":" + "1".repeat(1001) + "}")).hasMessageContaining("1001 digits");
        assertThatThrownBy(() -> read("{\"ids\":" + "[".repeat(1000) + "]".repeat(1000) + "}"))
                .hasMessageContaining("1000 levels");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\\uD83D\"", "[\"a\",\"\\uDE00\"]", "{\"\\uD800\":1}"})
    void refusesHalvesOfSurrogatePairs(String value) {
        assertThatThrownBy(() -> read("{\"ids\":" + value + "}").throwIfFaulty())
                .hasMessageContaining("surrogate");
    }

    @Test
    void readsAnEmptyBodyAsAnEmptyObjectAndRefusesBlanks() {
        read("").throwIfFaulty();

        assertThatThrownBy(() -> read(" ").throwIfFaulty()).hasMessageContaining("must be a JSON object");
    }

    private static OperatorRequest read(String body) {
        return new OperatorRequest(new ByteArrayInputStream(body.getBytes(ISO_8859_1)), Set.of("ids"));
    }
}
