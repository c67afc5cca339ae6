package dev.rocketgateway.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicNameTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "orders-2_x", "%a|b", "ABC", "azAZ09"})
    void takesWhatRocketMqTakes(String name) {
        assertThat(new TopicName(name).value()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a.b", "ä", "a/b", "a\n", "@", "[", "`", "{", "/", ":"})
    void refusesTheRestAndNamesIt(String name) {
        assertThatThrownBy(() -> new TopicName(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("topic name");
    }

    @Test
    void knowsItsLongestName() {
        assertThat(new TopicName("a".repeat(127)).value()).hasSize(127);
        assertThatThrownBy(() -> new TopicName("a".repeat(128)))
                .hasMessageContaining("127")
                .hasMessageContaining("128");
    }

    @ParameterizedTest
    @CsvSource({
        "%RETRY%g,true",
        "%DLQ%g,true",
        "TBW102,true",
        "SCHEDULE_TOPIC_XXXX,true",
        "rmq_sys_wheel_timer,true",
        "RETRY,false",
        "orders,false",
        "tbw102,false"
    })
    void knowsWhatIsRocketMqsOwn(String name, boolean reserved) {
        assertThat(new TopicName(name).isReserved()).isEqualTo(reserved);
    }
}
