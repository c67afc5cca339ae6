package dev.rocketgateway.rocketmq.pop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.apache.rocketmq.remoting.protocol.header.ChangeInvisibleTimeResponseHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

    private static final Checkpoint TAKEN = new Checkpoint("40 1700000000000 30000 5 0 broker-a 3 42");

    @Test
    void itNamesBrokerQueueOffsetAndTheEndOfTheLease() {
        assertThat(TAKEN.brokerName()).isEqualTo("broker-a");
        assertThat(TAKEN.queueId()).isEqualTo(3);
        assertThat(TAKEN.offset()).isEqualTo(42);
        assertThat(TAKEN.endsAt()).isEqualTo(Instant.ofEpochMilli(1_700_000_030_000L));
    }

    @ParameterizedTest
    @CsvSource({"0,orders", "1,%RETRY%jobs_orders", "2,%RETRY%jobs+orders"})
    void itNamesTheTopicThatStoresTheCopy(String retry, String topic) {
        assertThat(new Checkpoint("40 1 30000 5 " + retry + " b 3 42").realTopic("orders", "jobs"))
                .isEqualTo(topic);
    }

    @Test
    void anotherLeaseKeepsTheCopyAndItsTopic() {
        var changed = new ChangeInvisibleTimeResponseHeader();
        changed.setPopTime(1_700_000_020_000L);
        changed.setInvisibleTime(60_000);
        changed.setReviveQid(7);

        assertThat(TAKEN.renewed(changed).text()).isEqualTo("42 1700000020000 60000 7 0 broker-a 3 42");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "40 1 30000 5 0 broker-a 3",
                "40 1 30000 5 0 broker-a 3 42 1",
                "40 1 30000 5 0  3 42",
                "40 1 30000 5 0 broker-a x 42",
                "-1 1 30000 5 0 broker-a 3 42",
                "40 1 99999999999999999999 5 0 broker-a 3 42"
            })
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> new Checkpoint(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
