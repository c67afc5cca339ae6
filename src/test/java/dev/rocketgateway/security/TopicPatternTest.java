package dev.rocketgateway.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPatternTest {

    @ParameterizedTest
    @CsvSource({
        "orders, orders, true",
        "orders, orders2, false",
        "orders, order, false",
        "orders, Orders, false",
        "orders-*, orders-, true",
        "orders-*, orders-eu, true",
        "orders-*, orders, false",
        "orders-*, xorders-eu, false",
        "*-dead, orders-dead, true",
        "*-dead, orders-dead2, false",
        "a*b*c, abc, true",
        "a*b*c, a-b-b-c, true",
        "a*b*c, acb, false",
        "*, anything, true",
        "**, anything, true",
        "a**, a, true",
        "*a*, bab, true",
        "*a*, bbb, false",
        "%RETRY%*, %RETRY%g, true"
    })
    void aStarStandsForAnyCharacters(String pattern, String topic, boolean matches) {
        assertThat(new TopicPattern(pattern).matches(topic)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "orders.*", "a b", "orders-?", "ä", "a/b"})
    void refusesWhatNoTopicIsNamedLike(String text) {
        assertThatThrownBy(() -> new TopicPattern(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("write a topic name, in which * stands for any characters, such as orders-*");
    }
}
