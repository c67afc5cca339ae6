package dev.rocketgateway.rocketmq.pop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rocketgateway.deliver.MessageLeases.LeaseException;
import dev.rocketgateway.deliver.MessageLeases.LeaseException.Reason;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingSendRequestException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LeaseErrorsTest {

    static Stream<Arguments> failures() {
        return Stream.of(
                arguments(new MQBrokerException(ResponseCode.POLLING_FULL, "10.0.0.1"), Reason.TOO_MANY_WAITERS),
                arguments(new MQBrokerException(ResponseCode.SYSTEM_BUSY, "10.0.0.1"), Reason.UNAVAILABLE),
                arguments(new MQBrokerException(ResponseCode.NO_PERMISSION, "10.0.0.1"), Reason.REFUSED),
                arguments(new RemotingConnectException("10.0.0.1:10911"), Reason.UNAVAILABLE),
                arguments(new RemotingTimeoutException("10.0.0.1:10911"), Reason.UNKNOWN),
                arguments(new RemotingSendRequestException("10.0.0.1:10911"), Reason.UNKNOWN),
                arguments(new SourceUnavailableException("no answer from broker-a", null), Reason.UNAVAILABLE),
                arguments(SourceUnavailableException.refused("the topic has no route", null), Reason.REFUSED),
                arguments(new IllegalStateException("10.0.0.1:10911"), Reason.UNKNOWN));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aFailureSaysWhetherTheCallMayHaveTakenEffectAndNoAddress(Throwable failure, Reason reason) {
        for (var thrown : new Throwable[] {failure, new CompletionException(failure)}) {
            var translated = LeaseErrors.translate(thrown);

            assertThat(translated.reason()).isEqualTo(reason);
            assertThat(translated).hasMessageNotContaining("10.0.0.1");
            assertThat(LeaseErrors.translate(new CompletionException(translated)))
                    .isInstanceOf(LeaseException.class)
                    .isSameAs(translated);
        }
    }
}
