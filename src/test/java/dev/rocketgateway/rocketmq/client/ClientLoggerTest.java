package dev.rocketgateway.rocketmq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import javax.net.ssl.SSLHandshakeException;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientLoggerTest {

    @Test
    void keepsBodiesAndPropertiesOutOfTheLog() {
        var message = new MessageExt();
        message.setTopic("orders");
        message.setBody("ABC".getBytes(StandardCharsets.UTF_8));
        message.putUserProperty("card", "4711{}, x");

        var text = ClientLogger.withoutContents("Failed to send message back, message=" + List.of(message, message));

        assertThat(text)
                .contains("Failed to send message back", "topic='orders'", "body=redacted")
                .doesNotContain("4711", "card", "65, 66, 67");
    }

    @Test
    void leavesEverythingElseAsItIs() {
        assertThat(ClientLogger.withoutContents("get Topic [a] properties={x}"))
                .isEqualTo("get Topic [a] properties={x}");
    }

    private final List<LogRecord> records = new ArrayList<>();

    private List<LogRecord> logged(Consumer<ClientLogger> logging) {
        var name = "org.apache.rocketmq.test." + UUID.randomUUID();
        var target = java.util.logging.Logger.getLogger(name);
        target.setLevel(Level.ALL);
        target.setUseParentHandlers(false);
        target.addHandler(new Handler() {
            @Override
            public void publish(LogRecord record) {
                if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
                    records.add(record);
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        logging.accept(new ClientLogger(name));
        return records;
    }

    @Test
    void saysOnOneLineWhatTheClientFailedWith() {
        var failure = new MQClientException("no such filter\n\tat line 1", new IllegalStateException("inner"));

        assertThat(logged(log -> log.warn("start failed", failure)))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.getMessage())
                            .startsWith("start failed: MQClientException: ")
                            .contains("no such filter at line 1", "caused by IllegalStateException: inner")
                            .doesNotContain("\n");
                    assertThat(line.getThrown()).isNull();
                });
    }

    @Test
    void keepsTheStackOfABug() {
        assertThat(logged(log -> log.warn("bug", new NullPointerException())))
                .singleElement()
                .satisfies(line -> assertThat(line.getThrown()).isInstanceOf(NullPointerException.class));
    }

    @Test
    void doesNotRepeatABrokerThatIsAway() {
        assertThat(logged(log -> {
                    log.warn("send failed", new RemotingConnectException("127.0.0.1:1"));
                    log.warn("invokeSync: close socket because of timeout, {}ms, {}", 2000, "channel");
                    log.error("NETTY CLIENT PIPELINE: exceptionCaught", new SocketException("Connection reset"));
                    log.warn("wrapped", new MQClientException("x", new RemotingTimeoutException("y")));
                }))
                .isEmpty();
    }

    @Test
    void doesNotTellOfPullsThatWaitedForAConsumerThatHasLeft() {
        assertThat(logged(log -> log.warn(
                        "execute the pull request exception, group={}",
                        "g",
                        new MQBrokerException(
                                ResponseCode.SUBSCRIPTION_NOT_EXIST, "the consumer's group info not exist"))))
                .isEmpty();
    }

    /** As NettyRemotingClient, NettyRemotingAbstract and MQClientInstance of 5.5.0 begin them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "send a request command to channel <{}>, channelId={}, failed.",
                "send a request command to channel </127.0.0.1:1> failed.",
                "write send a request command to channel </127.0.0.1:1> failed.",
                "getAndCreateNameserverChannel: try to lock name server, but timeout, {}ms",
                "createChannel: try to lock channel table, but timeout, {}ms",
                "closeChannel exception",
                "Get and create channel of {} failed",
                "Channel {} reconnect error",
                "channelWrapper has reconnect, so do nothing, now channelId={}, input channelId={}",
                "invokeImpl receive GO_AWAY, channelWrapper is null or channel is the same in wrapper, channelId={}",
                "[SCAN] No response after {} from name server {}, so close it!",
                "scanAvailableNameSrv remove unconnected address {}",
                "[updateChannelLastResponseTime] could not find address!!",
                "async send msg by retry {} times. topic={}, brokerAddr={}, brokerName={}",
                "updateTopicRouteInfoFromNameServer tryLock timeout {}ms. [{}]",
                "sendHeartbeatToAllBrokerWithLockV2 lock heartBeat, but failed.",
                "sendHeartbeatToBroker sending heartbeat, but no consumer and no producer. [{}]",
                "unregister client RemotingException from broker: {}, {}"
            })
    void doesNotTellOfAConnectionThatIsAway(String pattern) {
        assertThat(logged(log -> log.warn(pattern, "a", "b"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"handshake", "NETTY CLIENT PIPELINE: exceptionCaught channel[addr={}, id={}]"})
    void tellsOfACertificateThatIsNotTrusted(String pattern) {
        assertThat(logged(log -> log.warn(pattern, new SSLHandshakeException("untrusted"))))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.getMessage()).contains("SSLHandshakeException: untrusted");
                    assertThat(line.getThrown()).isNull();
                });
    }

    @Test
    void repeatsTheSameWordsOnceAMinute() {
        assertThat(logged(log -> {
                    for (int i = 0; i < 1000; i++) {
                        log.warn("something of queue {} goes wrong", i);
                    }
                }))
                .hasSize(1);
    }

    @Test
    void countsWhatWasNotRepeated() {
        var now = new AtomicLong();
        var lines = new RepeatedLines(Duration.ofMinutes(1), now::get);
        assertThat(lines.next("a")).hasValue(0);
        assertThat(lines.next("a")).isEmpty();
        assertThat(lines.next("b")).hasValue(0);
        assertThat(lines.next("a")).isEmpty();
        now.addAndGet(Duration.ofMinutes(1).toNanos());
        assertThat(lines.next("a")).hasValue(2);
    }
}
