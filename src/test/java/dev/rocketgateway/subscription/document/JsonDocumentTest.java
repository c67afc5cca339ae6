package dev.rocketgateway.subscription.document;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.subscription.fault.Faults;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonDocumentTest {

    @ParameterizedTest
    @ValueSource(strings = {"\u00C0\u00AF", "\u00ED\u00A0\u0080", "\u00FC", "\u00E2\u0082"})
    void refusesWhatIsNotUtf8(String bytes) {
        assertThatThrownBy(() -> read("{\"a\":\"" + bytes + "\"}", new Faults()))
                .isInstanceOf(GatewayException.class)
                .hasMessageContaining("not UTF-8");
    }

    @Test
    void hasLimits() {
        assertThatThrownBy(() -> read("{\"a\":" + "1".repeat(1001) + "}", new Faults()))
                .hasMessageContaining("1001 digits");
        assertThatThrownBy(() -> read("{\"a\":" + "[".repeat(1000) + "]".repeat(1000) + "}", new Faults()))
                .hasMessageContaining("32 levels");
        read("{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}", new Faults());
        assertThatThrownBy(() -> read("{\"a\":" + "[".repeat(32) + "]".repeat(32) + "}", new Faults()))
                .hasMessageContaining("32 levels");
    }

    /** The database keeps UTF-8, and PostgreSQL no NUL. */
    @ParameterizedTest
    @CsvSource({
        "{\"a\":{\"b\":\"\\uD83D\"}},a.b,surrogate",
        "{\"a\":[\"x\"\\u002C\"\\uDE00\"]},a[1],surrogate",
        "{\"a\":\"\\u0000\"},a,U+0000",
        "{\"a\":{\"\\u0000b\":1}},a.\u0000b,U+0000",
    })
    void namesTextThatCannotBeKept(String json, String field, String fault) {
        var faults = new Faults();

        read(json.replace("\"x\"\\u002C", "\"x\","), faults);

        assertThat(faults.all()).singleElement().satisfies(found -> {
            assertThat(found.field()).isEqualTo(field);
            assertThat(found.fault()).contains(fault);
        });
    }

    private static void read(String json, Faults faults) {
        JsonDocument.parse(json.getBytes(ISO_8859_1), faults);
    }
}
