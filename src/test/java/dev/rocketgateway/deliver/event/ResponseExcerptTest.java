package dev.rocketgateway.deliver.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseExcerptTest {

    private static String excerpt(String text) {
        return ResponseExcerpt.of(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            invalid token: Bearer abc.DEF-123~x      | invalid token: [redacted]
            Basic dXNlcjpwYXNz                       | [redacted]
            key whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw | key [redacted]
            {"password":"p w","ok":true}             | {"password":[redacted],"ok":true}
            api_key=abc123; next                     | api_key=[redacted]; next
            {"client_secret": "x", "error":"no"}     | {"client_secret": [redacted], "error":"no"}
            got eyJhbGciOi.eyJzdWIi.c2ln here        | got [redacted] here
            no such customer                         | no such customer
            """)
    void leavesOutWhatLooksLikeACredential(String text, String shown) {
        assertThat(excerpt(text)).isEqualTo(shown);
    }

    @Test
    void showsTheBeginningOnly() {
        assertThat(excerpt("x".repeat(5000))).hasSize(2048);
    }

    @Test
    void showsNoControlCharacters() {
        assertThat(excerpt("a\u0000b\u001b[31mc\nd")).isEqualTo("a\uFFFDb\uFFFD[31mc\nd");
    }
}
