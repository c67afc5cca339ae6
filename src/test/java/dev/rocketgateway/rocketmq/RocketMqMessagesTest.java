package dev.rocketgateway.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageClientExt;
import org.junit.jupiter.api.Test;

class RocketMqMessagesTest {

    private static MessageClientExt stored(String... properties) {
        var message = new MessageClientExt();
        message.setTopic("orders");
        message.setBody(new byte[] {1});
        message.setOffsetMsgId("OFFSET");
        for (int i = 0; i < properties.length; i += 2) {
            MessageAccessor.putProperty(message, properties[i], properties[i + 1]);
        }
        return message;
    }

    private static String id(String... properties) {
        return RocketMqMessages.toReceived(stored(properties), "orders", Optional.empty())
                .id();
    }

    @Test
    void findsAnIdThatStaysTheSameOverRetries() {
        assertThat(id("UNIQ_KEY", "bestellung-ü", "ORIGIN_MESSAGE_ID", "o")).isEqualTo("bestellung-ü");
        assertThat(id("UNIQ_KEY", "", "ORIGIN_MESSAGE_ID", "o")).isEqualTo("o");
        assertThat(id("UNIQ_KEY", "")).isEqualTo("OFFSET");
        assertThat(id("ORIGIN_MESSAGE_ID", "o")).isEqualTo("o");
        assertThat(id("ORIGIN_MESSAGE_ID", "")).isEqualTo("OFFSET");
    }

    @Test
    void doesNotBelieveTheTopicAProducerWrote() {
        var retried = stored("RETRY_TOPIC", "evil\n", "UNIQ_KEY", "m");
        retried.setTopic("evil\n");

        assertThat(RocketMqMessages.toReceived(retried, "orders", Optional.empty())
                        .topic())
                .isEqualTo("orders");
    }

    @Test
    void keepsBlankPropertiesOfADeadLetter() {
        var wire = RocketMqMessages.toWire(
                new OutgoingMessage(
                        "m",
                        new TopicName("orders"),
                        new byte[] {1},
                        Optional.empty(),
                        List.of(),
                        Map.of("blank", " ", "empty", ""),
                        Optional.empty(),
                        Optional.empty()),
                RocketMqConfig.Channel.LOCAL);

        assertThat(wire.getProperties()).containsEntry("blank", " ").containsEntry("empty", "");
    }
}
