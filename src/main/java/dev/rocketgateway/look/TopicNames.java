package dev.rocketgateway.look;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.message.TopicName;
import java.util.SortedSet;

/** Lists topics: a port that {@code rocketmq} implements. Thread-safe. */
public interface TopicNames {

    /**
     * The topics of the cluster in the order of their names, without topics of RocketMQ itself. Blocks.
     *
     * @throws SourceUnavailableException if no name server answers, or the name server refuses
     */
    SortedSet<TopicName> list();
}
