package dev.rocketgateway.rocketmq.produce;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import com.google.common.math.LongMath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Maps a message group to a queue, with a hash that spreads well and is the same in all versions and replicas. The queue of a group
 * changes only when the queues that accept messages change.
 */
final class MessageGroupHash {

    private static final HashFunction HASH = Hashing.sipHash24();

    private MessageGroupHash() {}

    /**
     * The queue of a message group.
     *
     * @param queues in any order; at least one
     */
    static MessageQueue queueOf(String messageGroup, List<MessageQueue> queues) {
        long hash = HASH.hashString(messageGroup, StandardCharsets.UTF_8).asLong();
        return queues.stream().sorted().toList().get(LongMath.mod(hash, queues.size()));
    }
}
