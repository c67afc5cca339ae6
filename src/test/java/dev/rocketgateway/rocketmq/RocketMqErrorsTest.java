package dev.rocketgateway.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingSendRequestException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.apache.rocketmq.remoting.exception.RemotingTooMuchRequestException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RocketMqErrorsTest {

    static Stream<Arguments> rows() {
        return Stream.of(
                row(new MQBrokerException(16, ""), Reason.DENIED, 16, false),
                row(new MQBrokerException(17, ""), Reason.TOPIC_NOT_FOUND, 17, false),
                row(client(10005), Reason.TOPIC_NOT_FOUND, 10005, false),
                row(new MQBrokerException(2, ""), Reason.BROKER_BUSY, 2, false),
                row(new MQBrokerException(215, ""), Reason.BROKER_BUSY, 215, false),
                row(new MQBrokerException(13, ""), Reason.ILLEGAL_MESSAGE, 13, false),
                row(client(13), Reason.ILLEGAL_MESSAGE, 13, false),
                row(new MQBrokerException(14, ""), Reason.UNAVAILABLE, 14, false),
                row(new MQBrokerException(1, ""), Reason.UNAVAILABLE, 1, false),
                row(client(10001), Reason.UNAVAILABLE, 10001, false),
                row(client(10003), Reason.UNAVAILABLE, 10003, false),
                row(client(10004), Reason.UNAVAILABLE, 10004, false),
                row(client(-1), Reason.UNAVAILABLE, null, false),
                row(new RemotingConnectException("x"), Reason.UNAVAILABLE, null, false),
                row(new RemotingSendRequestException("x"), Reason.UNAVAILABLE, null, true),
                row(client(10002), Reason.TIMEOUT, 10002, true),
                row(new RemotingTimeoutException("x"), Reason.TIMEOUT, null, true),
                row(new RemotingTooMuchRequestException("x"), Reason.TIMEOUT, null, true),
                row(new RejectedExecutionException(), Reason.OVERLOADED, null, false),
                row(new IllegalArgumentException("bug"), Reason.INTERNAL, null, false));
    }

    private static Arguments row(Throwable thrown, Reason reason, @Nullable Integer code, boolean maybeStored) {
        return Arguments.of(thrown, reason, code, maybeStored);
    }

    private static MQClientException client(int code) {
        return new MQClientException("x", null).setResponseCode(code);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void translates(Throwable thrown, Reason reason, @Nullable Integer code, boolean maybeStored) {
        for (Throwable wrapped : new Throwable[] {
            thrown, new CompletionException(thrown), new IllegalStateException(thrown), new RuntimeException(thrown)
        }) {
            var translated = RocketMqErrors.translate(wrapped);

            assertThat(translated.reason()).isEqualTo(reason);
            assertThat(translated.brokerCode()).isEqualTo(code);
            assertThat(translated.maybeStored()).isEqualTo(maybeStored);
            assertThat(translated.getCause()).isSameAs(wrapped);
        }
    }

    @Test
    void looksBehindWhatTheClientSaysAfterItsRetries() {
        var retried = new MQClientException("Send [3] times, still failed", new MQBrokerException(16, "denied"));

        assertThat(RocketMqErrors.translate(retried).reason()).isEqualTo(Reason.DENIED);
    }

    @Test
    void prefersWhatIsKnownOfTheCauseToTheClientsCode() {
        var retried = new MQClientException("Send [3] times", new MQClientException("The broker[x] not exist", null))
                .setResponseCode(10003);

        var translated = RocketMqErrors.translate(retried);

        assertThat(translated.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(translated.brokerCode()).isEqualTo(10003);
    }

    @Test
    void givesBackWhatIsTranslatedAlready() {
        var translated = new SendFailedException(Reason.TOPIC_NOT_FOUND);

        assertThat(RocketMqErrors.translate(new CompletionException(translated)))
                .isSameAs(translated);
    }
}
