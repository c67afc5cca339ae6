package dev.rocketgateway.rocketmq.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RocketMqAddressesTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1:9876, 10.0.0.1",
        "namesrv.mq.svc:9876, namesrv.mq.svc",
        "namesrv, namesrv",
        "[fd00::1]:9876, fd00::1",
        "http://MQ_INST_1.cn-hangzhou.aliyuncs.com:80, MQ_INST_1.cn-hangzhou.aliyuncs.com",
        "http://mq-inst-1.cn-hangzhou.aliyuncs.com:80, mq-inst-1.cn-hangzhou.aliyuncs.com",
        "'', ''"
    })
    void findsTheHostOfAnAddress(String address, String host) {
        assertThat(RocketMqAddresses.host(address)).isEqualTo(host);
    }
}
