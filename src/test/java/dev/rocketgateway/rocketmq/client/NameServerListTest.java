package dev.rocketgateway.rocketmq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameServerListTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1:9876, 10.0.0.1:9876",
        "10.0.0.1:9876;10.0.0.2:9876, 10.0.0.1:9876;10.0.0.2:9876",
        "' a:9876 ; b:9876; ', a:9876;b:9876",
        "rmq-name_server.mq.svc:9876, rmq-name_server.mq.svc:9876",
        "[::1]:9876, [::1]:9876",
        "http://MQ_INST_1234_abc.cn-hangzhou.example.com:80, http://MQ_INST_1234_abc.cn-hangzhou.example.com:80",
        "MQ_INST_1234_abc.example.com:80, MQ_INST_1234_abc.example.com:80"
    })
    void takesEveryFormTheClientTakes(String given, String taken) {
        assertThat(NameServerList.checked(given)).isEqualTo(taken);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "localhost | 'localhost' has no port",
                "http://mq.example.com | 'http://mq.example.com' has no port",
                "a:9876;b | 'b' has no port",
                "a:9876,b:9876 | separate addresses by ';'",
                "a:0 | has the port 0",
                "a:99999 | has the port 99999",
                "a:port | 'a:port' is not an address",
                ":9876 | ':9876' is not an address",
                "a b:9876 | is not an address",
                "::1:9876 | is not an address",
                "tcp://a:9876 | is not an address",
                "; | has no address"
            })
    void saysWhatIsWrongAndHowToWriteIt(String given, String fault) {
        assertThatThrownBy(() -> NameServerList.checked(given))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("gateway.rocketmq.namesrv-addr: ")
                .hasMessageContaining(fault)
                .hasMessageEndingWith("separated by ';', or an instance endpoint.");
    }
}
