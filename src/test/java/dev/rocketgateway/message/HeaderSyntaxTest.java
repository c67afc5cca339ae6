package dev.rocketgateway.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderSyntaxTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "X-Tenant", "x_1", "!#$%&'*+-.^_`|~09azAZ"})
    void takesTokensAsNames(String name) {
        assertThat(HeaderSyntax.isName(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a:b", "a\r\nb", "a(b)", "a/b", "a,b", "a=b", "\u00fc", "a\u0000"})
    void takesNothingElseAsNames(String name) {
        assertThat(HeaderSyntax.isName(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "a b\tc", "~!"})
    void takesPrintableAsciiAsValues(String value) {
        assertThat(HeaderSyntax.isValue(value)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb", "a\nb", "\u0000", "\u007f", "\u00fc", "a\u0001"})
    void takesNothingElseAsValues(String value) {
        assertThat(HeaderSyntax.isValue(value)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "CONTENT-LENGTH",
                "expect",
                "host",
                "keep-alive",
                "proxy-authenticate",
                "proxy-authorization",
                "proxy-connection",
                "te",
                "trailer",
                "Transfer-Encoding",
                "upgrade"
            })
    void knowsTheHeadersOfTheConnection(String name) {
        assertThat(HeaderSyntax.isOfTheConnection(name)).isTrue();
        assertThat(HeaderSyntax.isOfTheConnection("x-" + name)).isFalse();
    }
}
