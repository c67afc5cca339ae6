package dev.rocketgateway.rocketmq.consume;

import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.client.CompressedBodies;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.impl.CommunicationMode;
import org.apache.rocketmq.client.impl.consumer.PullResultExt;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.common.sysflag.PullSysFlag;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.header.PullMessageRequestHeader;

/** Reads stored messages without a consumer, so that no position moves. Every method blocks. */
@ApplicationScoped
class QueueReader {

    /** The maximum number of messages that a broker returns at once. */
    private static final int MAX_MESSAGES = 32;

    private static final String EVERYTHING = "*";

    private final RocketMqAdmin admin;
    private final CompressedBodies bodies;

    QueueReader(RocketMqAdmin admin, CompressedBodies bodies) {
        this.bodies = bodies;
        this.admin = admin;
    }

    /**
     * Reads messages from an offset.
     *
     * @param group a group that the broker knows
     * @param offset first offset to read; if its message was deleted, reading starts at the first stored message
     * @return in the order of their offsets; empty at the end of the queue
     */
    List<MessageExt> read(String group, MessageQueue queue, String address, long offset, int limit)
            throws RemotingException, InterruptedException, MQBrokerException {
        var header = new PullMessageRequestHeader();
        header.setConsumerGroup(admin.inNamespace(group));
        header.setTopic(admin.inNamespace(queue.getTopic()));
        header.setQueueId(queue.getQueueId());
        header.setBrokerName(queue.getBrokerName());
        header.setQueueOffset(Math.max(offset, admin.minOffset(queue, address)));
        header.setMaxMsgNums(Math.min(limit, MAX_MESSAGES));
        header.setSysFlag(PullSysFlag.buildSysFlag(false, false, true, false));
        header.setCommitOffset(0L);
        header.setSuspendTimeoutMillis(0L);
        header.setSubscription(EVERYTHING);
        header.setSubVersion(0L);
        header.setExpressionType("TAG");
        var result = admin.api().pullMessage(address, header, admin.timeout().toMillis(), CommunicationMode.SYNC, null);
        var found = result instanceof PullResultExt read ? read.getMessageBinary() : null;
        if (found == null) {
            return List.of();
        }
        var messages = MessageDecoder.decodesBatch(ByteBuffer.wrap(found), true, false, true);
        messages.forEach(bodies::decompress);
        return messages;
    }
}
