package dev.rocketgateway.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerAddressTest {

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "::ffff:10.1.2.3, 10.1.2.3, true",
        "::ffff:10.1.2.3, ::ffff:10.1.2.4, false",
        "2001:db8::1, 2001:db8::2, true",
        "2001:db8::1, 2001:0DB8:0:0:ffff::, true",
        "2001:db8::1, 2001:db8:0:1::1, false",
        "unknown, _hidden, false",
    })
    void takesAnAddressOrANetworkForACaller(String one, String other, boolean same) {
        assertThat(CallerAddress.ofAddress(one).equals(CallerAddress.ofAddress(other)))
                .isEqualTo(same);
    }

    @Test
    void takesAllWithoutAnAddressForOne() {
        assertThat(CallerAddress.ofAddress(null)).isEqualTo("unknown");
    }
}
