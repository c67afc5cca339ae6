package dev.rocketgateway.rocketmq.consume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeasedConsumptionTest {

    @Test
    void goesOnWithTheBrokersItHasWhileTheNameServersAreAway() {
        var asked = new ArrayList<Set<String>>();
        var consumption = new LeasedConsumption(
                already -> {
                    asked.add(already);
                    if (asked.size() == 1) {
                        throw new SourceUnavailableException("no name server answers", null);
                    }
                    return Set.of("broker-a", "broker-b");
                },
                Set.of("broker-a"));

        consumption.refresh();
        consumption.refresh();
        consumption.refresh();

        assertThat(asked).isEqualTo(List.of(Set.of("broker-a"), Set.of("broker-a"), Set.of("broker-a", "broker-b")));
    }
}
