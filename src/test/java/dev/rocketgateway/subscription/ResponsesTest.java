package dev.rocketgateway.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.subscription.Responses.Decision;
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
                    ? Decision.ACK
                    : HOPELESS.contains(status)
                            ? Decision.DEAD_LETTER
                            : status == 410 ? Decision.PAUSE : Decision.RETRY;
            assertThat(responses.decide(status)).as("%d", status).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"404,ACK", "403,DEAD_LETTER", "500,PAUSE", "204,RETRY", "301,PAUSE"})
    void theMostSpecificEntryWins(int status, Decision decision) {
        var responses = new Responses(List.of("404"), List.of("4xx"), List.of("*"), List.of("2xx"));

        assertThat(responses.decide(status)).isEqualTo(decision);
    }

    @Test
    void retriesWhatNoListHas() {
        assertThat(new Responses(List.of("200"), List.of(), List.of(), List.of()).decide(201))
                .isEqualTo(Decision.RETRY);
    }
}
