package dev.rocketgateway.rocketmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.publish.SendFailedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
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
    void hasTheLayoutOfTheClientButForWait() throws Exception {
        var batch = EncodedBatch.of(List.of(BARE, FULL));

        var ofTheClient = batch.alone();
        ofTheClient.forEach(message -> MessageAccessor.clearProperty(message, MessageConst.PROPERTY_WAIT_STORE_MSG_OK));
        var body = MessageDecoder.encodeMessages(ofTheClient);
        assertThat(batch.getBody()).hasSameSizeAs(body);
        assertThat(MessageDecoder.countInnerMsgNum(ByteBuffer.wrap(batch.getBody())))
                .isEqualTo(2);
        assertThat(EncodedBatch.of(List.of(BARE, BARE)).getBody())
                .isEqualTo(MessageDecoder.encodeMessages(List.of(ofTheClient.get(0), ofTheClient.get(0))));
        assertThat(decoded(batch))
                .extracting(Message::getProperties)
                .isEqualTo(MessageDecoder.decodeMessages(ByteBuffer.wrap(body)).stream()
                        .map(Message::getProperties)
                        .toList());
    }

    /** Older brokers, such as 5.3.3, would give them to each message. */
    @Test
    void hasNoPropertiesOfItsOwnAndIsStoredBeforeItIsConfirmed() {
        var batch = EncodedBatch.of(List.of(BARE, FULL));

        assertThat(batch.getTopic()).isEqualTo("orders");
        assertThat(batch.getProperties()).isNullOrEmpty();
        assertThat(batch.isWaitStoreMsgOK()).isTrue();
    }

    @Test
    void refusesPropertiesThatTheFormatCannotHold() {
        var name = "tracestate";
        // What the id and the separators take.
        int others = "UNIQ_KEY.id-1..".length() + name.length() + 1;
        var longest =
                message("id-1", "", Optional.empty(), List.of(), Map.of(name, "x".repeat(Short.MAX_VALUE - others)));
        var tooLong = message(
                "id-1", "", Optional.empty(), List.of(), Map.of(name, "x".repeat(Short.MAX_VALUE - others + 1)));

        assertThat(EncodedBatch.of(List.of(longest, BARE)).getBody()).isNotEmpty();
        assertThatThrownBy(() -> EncodedBatch.of(List.of(tooLong, BARE)))
                .isInstanceOfSatisfying(SendFailedException.class, refused -> assertThat(refused.reason())
                        .isEqualTo(SendFailedException.Reason.ILLEGAL_MESSAGE));
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
