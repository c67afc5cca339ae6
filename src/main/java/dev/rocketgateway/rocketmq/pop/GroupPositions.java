package dev.rocketgateway.rocketmq.pop;

import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.pop.PopClient.Broker;
import dev.rocketgateway.rocketmq.pop.PopClient.Selection;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletableFuture;
import org.apache.rocketmq.remoting.exception.RemotingCommandException;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.apache.rocketmq.remoting.protocol.header.QueryConsumerOffsetRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.QueryConsumerOffsetResponseHeader;

/** Reads the positions of groups. Never blocks. Futures complete and fail like the futures of {@link PopClient}. Thread-safe. */
@ApplicationScoped
public class GroupPositions {

    private final PopClient pop;
    private final RocketMqAdmin admin;

    GroupPositions(PopClient pop, RocketMqAdmin admin) {
        this.pop = pop;
        this.admin = admin;
    }

    /** The position of the group in a queue: the offset of the first message that is not acknowledged. */
    public CompletableFuture<Long> of(Broker broker, Selection queue) {
        var header = new QueryConsumerOffsetRequestHeader();
        header.setConsumerGroup(admin.inNamespace(queue.group().value()));
        header.setTopic(admin.inNamespace(queue.topic().value()));
        header.setQueueId(queue.queueId());
        header.setBrokerName(broker.name());
        return pop.call(broker, RemotingCommand.createRequestCommand(RequestCode.QUERY_CONSUMER_OFFSET, header))
                .thenCompose(GroupPositions::offset);
    }

    private static CompletableFuture<Long> offset(RemotingCommand response) {
        try {
            return CompletableFuture.completedFuture(
                    response.decodeCommandCustomHeader(QueryConsumerOffsetResponseHeader.class)
                            .getOffset());
        } catch (RemotingCommandException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
