package dev.rocketgateway.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointUrlTest {

    @ParameterizedTest
    @CsvSource({
        "http://host/größe?q=ü,http://host/gr%C3%B6%C3%9Fe?q=%C3%BC",
        "http://host?q=€,http://host?q=%E2%82%AC",
        "https://host:8443/😀,https://host:8443/%F0%9F%98%80",
        "http://host/ü,http://host/u%CC%88",
        "http://host/gr%C3%B6%c3%9fe,http://host/gr%C3%B6%c3%9fe",
        "http://host/a+b%20c?d=e/f?g,http://host/a+b%20c?d=e/f?g",
        "http://[::1]:80/ü,http://[::1]:80/%C3%BC",
    })
    void encodesWhatIsNotAscii(String written, String sent) {
        assertThat(EndpointUrl.parse(written)).hasToString(sent);
    }
}
