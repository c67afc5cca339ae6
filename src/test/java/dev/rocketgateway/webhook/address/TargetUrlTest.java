package dev.rocketgateway.webhook.address;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.webhook.address.TargetUrl.InvalidTargetException;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetUrlTest {

    @ParameterizedTest
    @CsvSource({
        "http://host/größe?q=ü,/gr%C3%B6%C3%9Fe?q=%C3%BC",
        "http://host?q=€,/?q=%E2%82%AC",
        "http://host/a:b//ü,/a:b//%C3%BC",
        "http://host//ü,//%C3%BC",
        "http://host/a%20b,/a%20b",
    })
    void sendsNothingButAscii(String url, String file) throws InvalidTargetException {
        assertThat(TargetUrl.of(URI.create(url)).file()).isEqualTo(file);
    }
}
