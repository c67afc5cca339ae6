package dev.rocketgateway.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerBodyTest {

    private static AnswerBody body(String text, boolean whole, String type, String coding) {
        return new AnswerBody(text.getBytes(), whole, type, coding);
    }

    @Test
    void isEqualByItsBytesAndHeaders() {
        var body = body("a", true, "", "");

        assertThat(AnswerBody.of("a".getBytes())).isEqualTo(body).hasSameHashCodeAs(body);
        assertThat(body)
                .isNotEqualTo(body("b", true, "", ""))
                .isNotEqualTo(body("a", false, "", ""))
                .isNotEqualTo(body("a", true, "text/plain", ""))
                .isNotEqualTo(body("a", true, "", "gzip"))
                .isNotEqualTo("a");
    }

    @Test
    void doesNotShowItsBytes() {
        assertThat(AnswerBody.of("secret".getBytes())).hasToString("6 bytes");
    }
}
