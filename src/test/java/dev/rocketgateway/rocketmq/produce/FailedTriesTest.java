package dev.rocketgateway.rocketmq.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import java.util.List;
import java.util.Set;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingSendRequestException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailedTriesTest {

    private static final RemotingTimeoutException LATE = new RemotingTimeoutException("10.0.0.1");

    private static MQClientException of(Throwable cause) {
        return new MQClientException("send failed", cause);
    }

    static List<Arguments> failures() {
        return List.of(
                arguments(new RemotingConnectException("10.0.0.1"), true, "failed"),
                arguments(of(new RemotingConnectException("10.0.0.1")), true, "failed"),
                arguments(of(new RemotingSendRequestException("10.0.0.1")), true, "failed"),
                arguments(of(new RemotingSendRequestException("10.0.0.1", LATE)), false, "failed"),
                arguments(of(LATE), false, "failed"),
                arguments(new MQClientException("the broker does not exist", null), false, "failed"),
                arguments(new MQBrokerException(2, "busy"), false, "refused"),
                arguments(of(new MQBrokerException(2, "busy")), false, "refused"),
                arguments(new MQClientException(13, "illegal message"), false, "abandoned"),
                arguments(new IllegalStateException(), false, "abandoned"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void decidesWhatAFailureMeans(Throwable failure, boolean connectionFailed, String reported) {
        assertThat(FailedTries.connectionFailed(failure)).isEqualTo(connectionFailed);
        var attempt = new Reported();
        FailedTries.report(attempt, failure);
        assertThat(attempt.as).isEqualTo(reported);
    }

    private static final class Reported implements BrokerHealth.Attempt {

        private String as = "nothing";

        @Override
        public void answered() {
            as = "answered";
        }

        @Override
        public void refused() {
            as = "refused";
        }

        @Override
        public void failed() {
            as = "failed";
        }

        @Override
        public void abandoned() {
            as = "abandoned";
        }
    }

    @Test
    void knowsTheLastTry() {
        long later = System.nanoTime() + 60_000_000_000L;

        assertThat(FailedTries.isLast(1, later)).isFalse();
        assertThat(FailedTries.isLast(0, later)).isTrue();
        assertThat(FailedTries.isLast(1, System.nanoTime() + 50_000_000)).isTrue();
    }

    @Test
    void notesBrokers() {
        assertThat(FailedTries.with(FailedTries.with(Set.of(), "a"), "b")).containsExactlyInAnyOrder("a", "b");
    }
}
