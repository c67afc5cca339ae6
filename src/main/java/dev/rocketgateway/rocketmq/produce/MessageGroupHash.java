package dev.rocketgateway.rocketmq.produce;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import com.google.common.math.LongMath;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.rocketmq.common.message.MessageQueue;

/**
 * Which queue a message group goes to: by a hash that spreads well and stays the same from one version and replica to the
 * next. It changes only with the number of queues that take messages.
 */
final class MessageGroupHash {

    private static final HashFunction HASH = Hashing.sipHash24();

    private MessageGroupHash() {}

    /**
     * @param queues in any order; at least one
     */
    static MessageQueue queueOf(String messageGroup, List<MessageQueue> queues) {
        long hash = HASH.hashString(messageGroup, StandardCharsets.UTF_8).asLong();
        return queues.stream().sorted().toList().get(LongMath.mod(hash, queues.size()));
    }
}
