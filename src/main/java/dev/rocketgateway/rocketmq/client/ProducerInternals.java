package dev.rocketgateway.rocketmq.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.InvokeCallback;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.exception.RemotingSendRequestException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.apache.rocketmq.remoting.netty.ResponseFuture;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.apache.rocketmq.remoting.protocol.header.GetMaxOffsetRequestHeader;

/**
 * The only class that uses internals of producers. The client marks this access as deprecated. But it offers no other access to the
 * name server's answers, or to its connections to brokers.
 */
@SuppressWarnings("deprecation")
public final class ProducerInternals {

    private ProducerInternals() {}

    /** The connections and threads a started producer uses. */
    public static MQClientInstance instanceOf(DefaultMQProducer started) {
        return started.getDefaultMQProducerImpl().getMqClientFactory();
    }

    /**
     * Makes the producer write a message trace for each message of a batch; see {@link BatchTraces}.
     *
     * @param started a producer with message trace
     */
    public static void traceEachOfABatch(DefaultMQProducer started) {
        started.getDefaultMQProducerImpl().registerSendMessageHook(new BatchTraces(started.getTraceDispatcher()));
    }

    /**
     * Makes the client look up the topic's brokers in advance. Otherwise the client asks the name server for each message to an
     * unknown broker. Concurrent sends then wait for each other, so the last of a thousand messages would be late.
     *
     * <p>Waits for the name server; if it does not answer, the client tries again when a message is sent.
     */
    public static void lookUp(DefaultMQProducer started, String topic) {
        try {
            instanceOf(started).updateTopicRouteInfoFromNameServer(Namespaces.inNamespace(started, topic));
        } catch (IllegalStateException noAnswer) {
            // The client logs this. The outcome of the send decides.
        }
    }

    /** Whether the client has an address of the broker. If not, a send asks the name server first, and waits for its answer. */
    public static boolean hasAddressOf(DefaultMQProducer started, String brokerName) {
        return instanceOf(started).findBrokerAddressInPublish(brokerName) != null;
    }

    /**
     * Asks the broker of a queue for the highest offset of the queue, over the producer's own connection, and waits for the
     * answer.
     *
     * <p>Does not use the client's own call, which closes the connection when it times out, and so fails all sends in flight.
     *
     * @return false if no answer came in time; a refusal or a lost connection counts as an answer
     */
    public static boolean answers(DefaultMQProducer started, MessageQueue queue, Duration timeout)
            throws InterruptedException {
        var client = instanceOf(started);
        var address = client.findBrokerAddressInPublish(queue.getBrokerName());
        if (address == null) {
            return true;
        }
        var header = new GetMaxOffsetRequestHeader();
        header.setTopic(Namespaces.inNamespace(started, queue.getTopic()));
        header.setQueueId(queue.getQueueId());
        header.setBrokerName(queue.getBrokerName());
        var answered = new CompletableFuture<Boolean>();
        try {
            client.getMQClientAPIImpl()
                    .getRemotingClient()
                    .invokeAsync(
                            address,
                            RemotingCommand.createRequestCommand(RequestCode.GET_MAX_OFFSET, header),
                            timeout.toMillis(),
                            new InvokeCallback() {
                                @Override
                                public void operationComplete(ResponseFuture done) {}

                                @Override
                                public void operationSucceed(RemotingCommand response) {
                                    answered.complete(true);
                                }

                                @Override
                                public void operationFail(Throwable cause) {
                                    answered.complete(!(cause instanceof RemotingTimeoutException));
                                }
                            });
            // The client checks for timeouts once a second, and one second late.
            return answered.get(timeout.toMillis() + 3_000, TimeUnit.MILLISECONDS);
        } catch (RemotingConnectException | RemotingSendRequestException gone) {
            return true;
        } catch (RemotingException | ExecutionException | TimeoutException silent) {
            return false;
        }
    }
}
