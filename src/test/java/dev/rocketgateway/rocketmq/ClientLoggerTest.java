package dev.rocketgateway.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.rocketmq.common.message.MessageExt;
import org.junit.jupiter.api.Test;

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
}
