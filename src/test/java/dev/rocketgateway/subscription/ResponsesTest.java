package dev.rocketgateway.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponsesTest {

    private static final Set<Integer> HOPELESS = Set.of(400, 405, 406, 411, 413, 414, 415, 422, 431, 501, 505);

    @Test
    void decidesEveryStatusAsDocumentedByDefault() {
        var responses = TestSubscriptions.subscription("billing").responses();

        for (int status = 100; status < 600; status++) {
            var expected = status / 100 == 2
                    ? DeliveryVerdict.ACK
                    : HOPELESS.contains(status)
                            ? DeliveryVerdict.DEAD_LETTER
                            : status == 410 ? DeliveryVerdict.PAUSE : DeliveryVerdict.RETRY;
            assertThat(responses.verdict(status)).as("%d", status).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"404,ACK", "403,DEAD_LETTER", "500,PAUSE", "204,RETRY", "301,PAUSE"})
    void theMostSpecificEntryWins(int status, DeliveryVerdict verdict) {
        var responses = new Responses(List.of("404"), List.of("4xx"), List.of("*"), List.of("2xx"));

        assertThat(responses.verdict(status)).isEqualTo(verdict);
    }

    @Test
    void retriesWhatNoListHas() {
        assertThat(new Responses(List.of("200"), List.of(), List.of(), List.of()).verdict(201))
                .isEqualTo(DeliveryVerdict.RETRY);
    }
}
