package dev.rocketgateway.rocketmq.training;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.apache.rocketmq.common.UtilAll;
import org.apache.rocketmq.common.message.MessageClientIDSetter;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;

/** Messages that nobody sent, in the format in which a broker stores them and answers pulls. */
final class StandInMessages {

    static final InetSocketAddress HOST = new InetSocketAddress("127.0.0.1", 1);

    private static final byte[] BODY = "x".repeat(256).getBytes(StandardCharsets.US_ASCII);

    private StandInMessages() {}

    /** The given number of messages of a queue, from this offset on. */
    static byte[] encoded(String topic, int queue, long offset, int count) {
        var bytes = new ByteArrayOutputStream();
        try {
            for (int i = 0; i < count; i++) {
                bytes.write(MessageDecoder.encode(message(topic, queue, offset + i), false));
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private static MessageExt message(String topic, int queue, long offset) {
        var message = new MessageExt();
        message.setTopic(topic);
        message.setQueueId(queue);
        message.setQueueOffset(offset);
        message.setCommitLogOffset(offset);
        message.setBody(BODY);
        message.setBodyCRC(UtilAll.crc32(BODY));
        MessageClientIDSetter.setUniqID(message);
        message.setTags("training");
        message.setKeys("key-" + offset);
        message.putUserProperty("property", "value");
        message.setBornTimestamp(System.currentTimeMillis());
        message.setStoreTimestamp(System.currentTimeMillis());
        message.setBornHost(HOST);
        message.setStoreHost(HOST);
        return message;
    }
}
