package dev.rocketgateway.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.junit.jupiter.api.Test;

class EncodedBatchTest {

    private static final OutgoingMessage BARE = message("id-1", "", Optional.empty(), List.of(), Map.of());

    private static final OutgoingMessage FULL = message(
            "id-2",
            "größer 😀",
            Optional.of("tag-ü"),
            List.of("key-1", "schlüssel"),
            Map.of("contentType", "text/plain", "empty", "", "größe", "😀"));

    private static OutgoingMessage message(
            String id, String body, Optional<String> tag, List<String> keys, Map<String, String> properties) {
        return new OutgoingMessage(
                id,
                new TopicName("orders"),
                body.getBytes(StandardCharsets.UTF_8),
                tag,
                keys,
                properties,
                Optional.empty(),
                Optional.empty());
    }

    /** As a broker reads it ({@code BatchUtils} and {@code MessageExtEncoder} use this method or the same layout). */
    private static List<Message> decoded(EncodedBatch batch) throws Exception {
        return MessageDecoder.decodeMessages(ByteBuffer.wrap(batch.getBody()));
    }

    @Test
    void hasEveryMessageWithBodyAndProperties() throws Exception {
        var decoded = decoded(EncodedBatch.of(List.of(BARE, FULL)));

        assertThat(decoded).hasSize(2);
        assertThat(decoded.get(0).getBody()).isEmpty();
        assertThat(decoded.get(0).getProperties()).containsExactly(Map.entry("UNIQ_KEY", "id-1"));
        assertThat(decoded.get(1).getBody()).asString(StandardCharsets.UTF_8).isEqualTo("größer 😀");
        // The decoder leaves out empty values.
        assertThat(decoded.get(1).getProperties())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "UNIQ_KEY", "id-2",
                        "TAGS", "tag-ü",
                        "KEYS", "key-1 schlüssel",
                        "contentType", "text/plain",
                        "größe", "😀"));
    }

    @Test
    void hasTheBytesAndPropertiesOfTheClientsEncoderButForWait() throws Exception {
        var batch = EncodedBatch.of(List.of(FULL, BARE));

        var ofTheClient = MessageDecoder.decodeMessages(ByteBuffer.wrap(MessageDecoder.encodeMessages(batch.alone())));
        var ours = decoded(batch);

        assertThat(ours).hasSameSizeAs(ofTheClient);
        for (int i = 0; i < ours.size(); i++) {
            var properties = new HashMap<>(ofTheClient.get(i).getProperties());
            assertThat(properties.remove(MessageConst.PROPERTY_WAIT_STORE_MSG_OK))
                    .isEqualTo("true");
            assertThat(ours.get(i).getProperties()).isEqualTo(properties);
            assertThat(ours.get(i).getBody()).isEqualTo(ofTheClient.get(i).getBody());
            assertThat(ours.get(i).getFlag()).isEqualTo(ofTheClient.get(i).getFlag());
        }
    }

    @Test
    void waitsForTheStorageOfItsMessages() {
        var batch = EncodedBatch.of(List.of(BARE, FULL));

        assertThat(batch.getTopic()).isEqualTo("orders");
        assertThat(batch.isWaitStoreMsgOK()).isTrue();
        assertThat(batch.getProperty(MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX))
                .isNotBlank();
    }

    @Test
    void givesTheMessagesForTracesOnly() {
        var batch = EncodedBatch.of(List.of(BARE, FULL));

        assertThat(batch).isEmpty();
        assertThat(batch.alone())
                .extracting(message -> message.getProperty(MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX))
                .containsExactly("id-1", "id-2");
    }

    /** Two batches of the same messages must differ: the gateway watches the array of a body until it is written. */
    @Test
    void hasABodyOfItsOwn() {
        var messages = List.of(BARE, FULL);

        assertThat(EncodedBatch.of(messages).getBody())
                .isNotSameAs(EncodedBatch.of(messages).getBody());
    }
}
