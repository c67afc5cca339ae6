package dev.rocketgateway.problem.json;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.core.JsonToken;
import dev.rocketgateway.problem.GatewayException;
import dev.rocketgateway.problem.ProblemType;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBodyTest {

    private static final String ACCEPTED = "";

    /** RFC 3629, section 3, and what decoders are known to let pass. */
    @ParameterizedTest
    @CsvSource({
        "C0AF,overlong slash",
        "C080,overlong NUL",
        "C1BF,overlong DEL",
        "E080AF,overlong slash in three bytes",
        "E09FBF,overlong U+07FF",
        "F08080AF,overlong slash in four bytes",
        "F08FBFBF,overlong U+FFFF",
        "EDA080,surrogate U+D800",
        "EDBFBF,surrogate U+DFFF",
        "EDA0BDEDB880,a pair of surrogates (CESU-8)",
        "F4908080,beyond U+10FFFF",
        "F8888080AF,five bytes",
        "FC8480808080,six bytes",
        "C3,truncated after one of two",
        "E282,truncated after two of three",
        "F09F98,truncated after three of four",
        "80,a byte that continues nothing",
        "BF,a byte that continues nothing",
        "FE,no byte of UTF-8",
        "FF,no byte of UTF-8",
        "FC,u with an umlaut in ISO-8859-1",
    })
    void refusesWhatIsNotUtf8(String hex, String what) {
        for (var at : List.of("{\"a\":\"%s\"}", "{\"%s\":1}", "%s{}", "{}%s")) {
            var body = new ByteArrayOutputStream();
            var around = at.split("%s", -1);
            body.writeBytes(around[0].getBytes(UTF_8));
            body.writeBytes(HexFormat.of().parseHex(hex));
            body.writeBytes(around[1].getBytes(UTF_8));

            assertThatThrownBy(() -> tokens(body.toByteArray()))
                    .as(what)
                    .isInstanceOf(GatewayException.class)
                    .hasMessageContaining("not UTF-8: see byte");
        }
    }

    @Test
    void findsFaultsBehindManyCharacters() {
        var body = ("\"" + "ü😀".repeat(5000) + "\"").getBytes(UTF_8);
        assertThat(tokens(body)).isEqualTo(1);

        body[body.length - 2] = 'x';

        assertThatThrownBy(() -> tokens(body)).hasMessageContaining("see byte %d, 0x%02X", body.length - 4, 0xF0);
    }

    @Test
    void namesAByteOrderMark() {
        assertThatThrownBy(() -> tokens("\uFEFF{}".getBytes(UTF_8))).hasMessageContaining("byte order mark");
        assertThatThrownBy(() -> tokens("{}".getBytes(UTF_16))).hasMessageContaining("not UTF-8");
    }

    static Stream<Arguments> values() {
        var surrogates = "\\uD83D\\uDE00";
        return Stream.of(
                arguments("1".repeat(1000), ACCEPTED),
                arguments("1".repeat(1001), "1001 digits"),
                arguments("-" + "1".repeat(1000), ACCEPTED),
                arguments("-" + "1".repeat(1001), "1001 digits"),
                arguments("1." + "0".repeat(999), ACCEPTED),
                arguments("1." + "0".repeat(1000), "1001 digits"),
                arguments("1.0e+" + "9".repeat(998), ACCEPTED),
                arguments("1.0e-" + "9".repeat(999), "1001 digits"),
                arguments("\"" + "1".repeat(1001) + "\"", ACCEPTED),
                arguments("[" + "1".repeat(1001) + "]", "1001 digits"),
                arguments(nested("[", 1000, "]"), ACCEPTED),
                arguments(nested("[", 1001, "]"), "1000 levels"),
                arguments(nested("{\"a\":", 1000, "}"), ACCEPTED),
                arguments(nested("{\"a\":", 1001, "}"), "1000 levels"),
                arguments(nested("[{\"]}\":", 501, "}]"), "1000 levels"),
                arguments(nested("[", 100_000, "]"), "1000 levels"),
                arguments("\"" + "[".repeat(1001) + "\"", ACCEPTED),
                arguments("{\"%s\":1}".formatted("n".repeat(50_000)), ACCEPTED),
                arguments("{\"%s\":1}".formatted("n".repeat(50_001)), "50001 characters"),
                arguments("{\"%s\" \n:1}".formatted("n".repeat(50_001)), "50001 characters"),
                arguments("{\"%s\":1}".formatted("€".repeat(50_000)), ACCEPTED),
                arguments("{\"%s\":1}".formatted("€".repeat(50_001)), "50001 characters"),
                arguments("{\"%s\":1}".formatted("\\u20ac".repeat(50_000)), ACCEPTED),
                arguments("{\"%s\":1}".formatted("\\u20ac".repeat(50_001)), "50001 characters"),
                arguments("{\"%s\":1}".formatted("\\\"".repeat(50_000)), ACCEPTED),
                arguments("{\"%s\":1}".formatted(surrogates.repeat(25_000)), ACCEPTED),
                arguments("{\"\\uD83D\":1}", "surrogate"),
                arguments("{\"a\":{\"\\ud83dx\" : 1}}", "surrogate"),
                arguments("{\"\\uDE00\\uD83D\":1}", "surrogate"),
                arguments("{\"\\uD83D\\uD83D\\uDE00\":1}", "surrogate"),
                arguments("{\"\\uD83D\\\\uDE00\":1}", "surrogate"),
                arguments("{\"\\uD83D\\uDE00\":\"\\uD83D\"}", ACCEPTED),
                arguments("{\"\\\\uD83D\":1}", ACCEPTED),
                arguments("[\"" + "s".repeat(50_001) + "\"]", ACCEPTED),
                arguments("{\"a\":\"" + "s".repeat(50_001) + "\"}", ACCEPTED));
    }

    @ParameterizedTest
    @MethodSource("values")
    void hasLimitsOfItsOwnForADocument(String json, String fault) {
        var body = json.getBytes(UTF_8);

        if (fault.equals(ACCEPTED)) {
            assertThat(tokens(body)).isPositive();
        } else {
            assertThatThrownBy(() -> tokens(body))
                    .isInstanceOfSatisfying(
                            GatewayException.class, e -> assertThat(e.type()).isEqualTo(ProblemType.INVALID_REQUEST))
                    .hasMessageContaining(fault);
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void anEntryBeyondTheLimitsTouchesNoOther(String json, String fault) {
        for (int level = 1; level <= 2; level++) {
            var array = "[{\"a\":[1]}, %s ,\"]\",%s,7]".formatted(json, json);
            var seen = entries(level == 1 ? array : "{\"messages\":" + array + "}", level);

            assertThat(seen).hasSize(5);
            assertThat(List.of(seen.get(0), seen.get(2), seen.get(4))).containsExactly("{\"a\":[1]}", "\"]\"", "7");
            for (var entry : List.of(seen.get(1), seen.get(3))) {
                if (fault.equals(ACCEPTED)) {
                    assertThat(entry).isEqualTo(json);
                } else {
                    assertThat(entry).startsWith("refused: ").contains(fault);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[%s", "[%s}", "[%s,]", "[%s]]", "[%s] 1", "[%s,\"\n", "[%s,\"\\u", "[[%s", "]%s"})
    void whatIsNotJsonIsRefusedAlsoBehindAnEntryBeyondTheLimits(String json) {
        assertThatThrownBy(() -> entries(json.formatted("1".repeat(1001)), 1))
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.type()).isEqualTo(ProblemType.MALFORMED_BODY));
    }

    @Test
    void countsTheLinesOfWhatItPasses() {
        assertThatThrownBy(() -> entries("[[\n\n" + "1".repeat(1001) + "\n],\nx]", 1))
                .hasMessageContaining("line 5, column 1");
    }

    private static String nested(String open, int levels, String close) {
        return open.repeat(levels) + (open.endsWith(":") ? "0" : "") + close.repeat(levels);
    }

    private static int tokens(byte[] body) {
        return JsonBody.parse(body, parser -> {
            int tokens = 0;
            while (parser.nextToken() != null) {
                tokens++;
                parser.getText();
            }
            return tokens;
        });
    }

    /** The entries as they stand, or why they are refused. */
    private static List<String> entries(String json, int level) {
        var body = json.getBytes(UTF_8);
        return JsonBody.parseEntries(body, level, (parser, limits) -> {
            var seen = new ArrayList<String>();
            for (int i = 1; i < 2 * level; i++) {
                parser.nextToken();
            }
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                parser.skipChildren();
                return seen;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                var refusal = limits.refusalAt(parser);
                seen.add(
                        refusal.isPresent()
                                ? "refused: " + refusal.get().detail()
                                : new String(JsonBody.slice(parser, body), UTF_8));
            }
            for (int i = 1; i < level; i++) {
                parser.nextToken();
            }
            JsonBody.expectEnd(parser);
            return seen;
        });
    }
}
