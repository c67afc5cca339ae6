package dev.rocketgateway.problem.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

    private static final List<String> NAMES =
            List.of("tag", "key", "mode", "messageGroup", "deliverAt", "delay", "delayLevel");

    @ParameterizedTest
    @CsvSource({
        "tags,tag",
        "TAG,tag",
        "tga,tag",
        "keys,key",
        "deliverat,deliverAt",
        "deliveryAt,deliverAt",
        "messagegroup,messageGroup",
        "group,",
        "delayLevl,delayLevel",
        "dely,delay",
        "color,",
        "x,",
    })
    void findsWhatWasMeant(String given, String meant) {
        assertThat(Nearest.of(given, NAMES).orElse(null)).isEqualTo(meant);
    }

    @Test
    void saysWhatThereIs() {
        assertThat(Nearest.fault("is unknown", "tags", NAMES)).isEqualTo("is unknown; did you mean `tag`?");
        assertThat(Nearest.fault("is unknown", "color", NAMES)).isEqualTo("is unknown");
        assertThat(Nearest.faultWithNames("is unknown", "color", List.of("b", "a")))
                .isEqualTo("is unknown; use one of a, b");
        assertThat(Nearest.faultWithNames("is unknown", "x".repeat(5000), List.of("a")))
                .isEqualTo("is unknown; use one of a");
        assertThat(Nearest.of("", NAMES)).isEmpty();
    }
}
