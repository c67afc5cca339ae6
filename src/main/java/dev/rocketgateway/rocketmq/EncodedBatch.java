package dev.rocketgateway.rocketmq;

import dev.rocketgateway.message.OutgoingMessage;
import dev.rocketgateway.publish.SendFailedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageBatch;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageDecoder;

/**
 * Messages of one topic in one body, which the broker stores together. The layout is that of the client's {@link
 * MessageDecoder#encodeMessage}:
 *
 * <pre>
 * bytes | for each message
 * ------|-----------------------------------------------------
 * 4     | number of bytes of this message, these included
 * 12    | 0: magic code, checksum and flag; the broker sets them
 * 4     | number of bytes of the body
 * …     | body
 * 2     | number of bytes of the properties
 * …     | properties in UTF-8: name 1 value 2 name 1 value 2 …, where 1 and 2 are the characters with these codes
 * </pre>
 *
 * <p>The client would create an object with a map for each message, encode each one into an array of its own, and copy all arrays
 * into the body. This class writes them directly.
 *
 * <p>The batch itself has no properties. Older brokers, such as 5.3.3, append the properties of a batch to those of each message. If
 * the batch had an id, all its messages would get it (<a href="https://github.com/apache/rocketmq/issues/9416">9416</a>). The
 * property {@code WAIT} is left out too: the broker looks only at that of the batch ({@code CommitLog.asyncPutMessages}), and waits
 * for the storage if there is none.
 *
 * <p>As a collection, the batch is empty. The client iterates over it only to join the ids of the messages, and nobody needs these
 * joined ids.
 */
public final class EncodedBatch extends MessageBatch {

    private static final int ZEROS = 12;
    private static final int FIXED_SIZE = Integer.BYTES + ZEROS + Integer.BYTES + Short.BYTES;

    private final transient List<OutgoingMessage> messages;

    private EncodedBatch(List<OutgoingMessage> messages) {
        super(List.of());
        this.messages = messages;
    }

    /**
     * Encodes messages of one topic that have neither a message group nor a schedule.
     *
     * @throws SendFailedException {@code ILLEGAL_MESSAGE} if the properties of a message are too large for the format, for example
     *     with a long {@code tracestate}. A broker would read the next message from the wrong byte.
     */
    public static EncodedBatch of(List<OutgoingMessage> messages) {
        var batch = new EncodedBatch(messages);
        batch.setTopic(messages.get(0).topic().value());
        batch.setBody(encode(messages));
        return batch;
    }

    /** Creates the messages as the client would send them one by one. They have no schedule, so the channel makes no difference. */
    public List<Message> alone() {
        return messages.stream()
                .map(message -> RocketMqMessages.toWire(message, RocketMqConfig.Channel.LOCAL))
                .toList();
    }

    private static byte[] encode(List<OutgoingMessage> messages) {
        var properties = new byte[messages.size()][];
        var text = new StringBuilder();
        int size = 0;
        for (int i = 0; i < properties.length; i++) {
            text.setLength(0);
            appendProperties(text, messages.get(i));
            properties[i] = text.toString().getBytes(StandardCharsets.UTF_8);
            if (properties[i].length > Short.MAX_VALUE) {
                throw new SendFailedException(SendFailedException.Reason.ILLEGAL_MESSAGE);
            }
            size += FIXED_SIZE + messages.get(i).body().length + properties[i].length;
        }
        var buffer = ByteBuffer.allocate(size);
        for (int i = 0; i < properties.length; i++) {
            put(buffer, messages.get(i).body(), properties[i]);
        }
        return buffer.array();
    }

    private static void put(ByteBuffer buffer, byte[] body, byte[] properties) {
        int start = buffer.position();
        buffer.putInt(FIXED_SIZE + body.length + properties.length)
                .position(start + Integer.BYTES + ZEROS)
                .putInt(body.length)
                .put(body)
                .putShort((short) properties.length)
                .put(properties);
    }

    private static void appendProperties(StringBuilder text, OutgoingMessage message) {
        append(text, MessageConst.PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX, message.id());
        message.tag().ifPresent(tag -> append(text, MessageConst.PROPERTY_TAGS, tag));
        if (!message.keys().isEmpty()) {
            append(text, MessageConst.PROPERTY_KEYS, String.join(MessageConst.KEY_SEPARATOR, message.keys()));
        }
        message.properties().forEach((name, value) -> append(text, name, value));
    }

    private static void append(StringBuilder text, String name, String value) {
        text.append(name)
                .append(MessageDecoder.NAME_VALUE_SEPARATOR)
                .append(value)
                .append(MessageDecoder.PROPERTY_SEPARATOR);
    }
}
