package dev.rocketgateway.webhook.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpLiteralTest {

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4, 1.2.3.4",
        "::1, 0:0:0:0:0:0:0:1",
        "::, 0:0:0:0:0:0:0:0",
        "2001:DB8::a, 2001:db8:0:0:0:0:0:a",
        "::ffff:1.2.3.4, 1.2.3.4",
        "64:ff9b::1.2.3.4, 64:ff9b:0:0:0:0:102:304"
    })
    void readsAddresses(String text, String address) {
        assertThat(IpLiteral.parse(text)).map(InetAddress::getHostAddress).contains(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.",
                "1.2.3.256",
                "010.0.0.1",
                "0x7f.0.0.1",
                "2130706433",
                "\uff11.2.3.4",
                "\uff11::2",
                "[::1]",
                "fe80::1%eth0",
                "1::2::3",
                ":::",
                "12345::",
                "1:2:3:4:5:6:7:8:9",
                "example.com",
                "cafe",
                " 1.2.3.4"
            })
    void readsNothingElse(String text) {
        assertThat(IpLiteral.parse(text)).isEmpty();
    }
}
