package dev.rocketgateway.rocketmq.training;

import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.common.MixAll;
import org.apache.rocketmq.common.constant.PermName;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.remoting.exception.RemotingCommandException;
import org.apache.rocketmq.remoting.netty.NettyRemotingServer;
import org.apache.rocketmq.remoting.netty.NettyRequestProcessor;
import org.apache.rocketmq.remoting.netty.NettyServerConfig;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RemotingSerializable;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.admin.ConsumeStats;
import org.apache.rocketmq.remoting.protocol.header.GetConsumerListByGroupRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.GetConsumerListByGroupResponseBody;
import org.apache.rocketmq.remoting.protocol.header.GetMaxOffsetResponseHeader;
import org.apache.rocketmq.remoting.protocol.header.PullMessageRequestHeader;
import org.apache.rocketmq.remoting.protocol.header.PullMessageResponseHeader;
import org.apache.rocketmq.remoting.protocol.header.QueryConsumerOffsetResponseHeader;
import org.apache.rocketmq.remoting.protocol.header.SearchOffsetResponseHeader;
import org.apache.rocketmq.remoting.protocol.header.SendMessageResponseHeader;
import org.apache.rocketmq.remoting.protocol.heartbeat.HeartbeatData;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.QueueData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;

/**
 * Answers as a name server with one broker does, and stores nothing: every topic exists, every send succeeds, and every queue has
 * messages without end. Speaks the remoting protocol, with the server of RocketMQ itself.
 *
 * <p>Only for training runs. It knows the requests of a gateway that publishes and delivers, and refuses all others.
 */
public final class StandInBroker implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    private static final String NAME = "stand-in";
    private static final int QUEUES = 4;

    /** The answer to a request. */
    private interface Answer {
        RemotingCommand to(RemotingCommand request) throws RemotingCommandException;
    }

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final Map<Integer, Answer> answers = new HashMap<>();
    private final Map<String, String> consumers = new ConcurrentHashMap<>();
    private final AtomicLong offsets = new AtomicLong();
    private final NettyRemotingServer server;

    /** Listens on a free port of 127.0.0.1. */
    public StandInBroker() {
        var config = new NettyServerConfig();
        config.setBindAddress(HOST);
        config.setServerSelectorThreads(1);
        config.setServerWorkerThreads(1);
        server = new NettyRemotingServer(config);
        answers.put(RequestCode.GET_ROUTEINFO_BY_TOPIC, request -> succeeded(route()));
        answers.put(RequestCode.HEART_BEAT, this::heartbeat);
        answers.put(RequestCode.GET_CONSUMER_LIST_BY_GROUP, this::consumersOfGroup);
        answers.put(RequestCode.QUERY_CONSUMER_OFFSET, request -> firstOffset());
        answers.put(RequestCode.GET_CONSUME_STATS, request -> succeeded(new ConsumeStats()));
        answers.put(RequestCode.GET_CONSUMER_CONNECTION_LIST, request -> refused(ResponseCode.CONSUMER_NOT_ONLINE));
        answers.put(RequestCode.GET_BROKER_CONFIG, request -> settings());
        answers.put(RequestCode.GET_MAX_OFFSET, request -> endOfQueue());
        answers.put(RequestCode.SEARCH_OFFSET_BY_TIMESTAMP, request -> offsetOfTime());
        answers.put(RequestCode.PULL_MESSAGE, this::pulled);
        for (int send : List.of(RequestCode.SEND_MESSAGE_V2, RequestCode.SEND_BATCH_MESSAGE)) {
            answers.put(send, request -> sent());
        }
        for (int confirmed : List.of(
                RequestCode.UPDATE_CONSUMER_OFFSET,
                RequestCode.UNREGISTER_CLIENT,
                RequestCode.CONSUMER_SEND_MSG_BACK,
                RequestCode.LOCK_BATCH_MQ)) {
            answers.put(confirmed, request -> succeeded());
        }
        server.registerDefaultProcessor(new Requests(), threads);
        server.start();
    }

    /** The address, for {@code gateway.rocketmq.namesrv-addr}. */
    public String address() {
        return HOST + ":" + server.localListenPort();
    }

    @Override
    public void close() {
        server.shutdown();
        threads.shutdownNow();
    }

    private TopicRouteData route() {
        var broker = new BrokerData(NAME, NAME, new HashMap<>(Map.of(MixAll.MASTER_ID, address())));
        var queues = new QueueData();
        queues.setBrokerName(NAME);
        queues.setReadQueueNums(QUEUES);
        queues.setWriteQueueNums(QUEUES);
        queues.setPerm(PermName.PERM_READ | PermName.PERM_WRITE);
        var route = new TopicRouteData();
        route.setBrokerDatas(List.of(broker));
        route.setQueueDatas(List.of(queues));
        route.setFilterServerTable(new HashMap<>());
        return route;
    }

    private RemotingCommand heartbeat(RemotingCommand request) {
        var client = HeartbeatData.decode(request.getBody(), HeartbeatData.class);
        client.getConsumerDataSet().forEach(consumer -> consumers.put(consumer.getGroupName(), client.getClientID()));
        return succeeded();
    }

    /** The one client that consumes in the name of the group. */
    private RemotingCommand consumersOfGroup(RemotingCommand request) throws RemotingCommandException {
        var header = request.decodeCommandCustomHeader(GetConsumerListByGroupRequestHeader.class);
        var list = new GetConsumerListByGroupResponseBody();
        list.setConsumerIdList(
                List.of(Objects.requireNonNullElse(consumers.get(header.getConsumerGroup()), "no client yet")));
        return succeeded(list);
    }

    private static RemotingCommand settings() {
        var answer = succeeded();
        answer.setBody("messageDelayLevel=1s 5s 10s".getBytes(StandardCharsets.UTF_8));
        return answer;
    }

    private static RemotingCommand endOfQueue() {
        var answer = RemotingCommand.createResponseCommand(GetMaxOffsetResponseHeader.class);
        ((GetMaxOffsetResponseHeader) answer.readCustomHeader()).setOffset(0L);
        return succeeded(answer);
    }

    private static RemotingCommand offsetOfTime() {
        var answer = RemotingCommand.createResponseCommand(SearchOffsetResponseHeader.class);
        ((SearchOffsetResponseHeader) answer.readCustomHeader()).setOffset(0L);
        return succeeded(answer);
    }

    private static RemotingCommand firstOffset() {
        var answer = RemotingCommand.createResponseCommand(QueryConsumerOffsetResponseHeader.class);
        ((QueryConsumerOffsetResponseHeader) answer.readCustomHeader()).setOffset(0L);
        return succeeded(answer);
    }

    private RemotingCommand pulled(RemotingCommand request) throws RemotingCommandException {
        var header = request.decodeCommandCustomHeader(PullMessageRequestHeader.class);
        var answer = RemotingCommand.createResponseCommand(PullMessageResponseHeader.class);
        var found = (PullMessageResponseHeader) answer.readCustomHeader();
        int count = header.getMaxMsgNums();
        found.setSuggestWhichBrokerId(MixAll.MASTER_ID);
        found.setMinOffset(0L);
        found.setNextBeginOffset(header.getQueueOffset() + count);
        found.setMaxOffset(header.getQueueOffset() + 2L * count);
        answer.setBody(StandInMessages.encoded(header.getTopic(), header.getQueueId(), header.getQueueOffset(), count));
        return succeeded(answer);
    }

    private RemotingCommand sent() {
        var answer = RemotingCommand.createResponseCommand(SendMessageResponseHeader.class);
        var header = (SendMessageResponseHeader) answer.readCustomHeader();
        header.setMsgId(MessageDecoder.createMessageId(StandInMessages.HOST, 0));
        header.setQueueId(0);
        header.setQueueOffset(offsets.getAndIncrement());
        return succeeded(answer);
    }

    private static RemotingCommand refused(int code) {
        return RemotingCommand.createResponseCommand(code, "the stand-in refuses this request");
    }

    private static RemotingCommand succeeded() {
        return RemotingCommand.createResponseCommand(ResponseCode.SUCCESS, null);
    }

    private static RemotingCommand succeeded(RemotingSerializable body) {
        var answer = succeeded();
        answer.setBody(body.encode());
        return answer;
    }

    private static RemotingCommand succeeded(RemotingCommand answer) {
        answer.setCode(ResponseCode.SUCCESS);
        return answer;
    }

    private final class Requests implements NettyRequestProcessor {

        @Override
        public RemotingCommand processRequest(ChannelHandlerContext context, RemotingCommand request)
                throws RemotingCommandException {
            var answer = answers.get(request.getCode());
            return answer == null ? refused(ResponseCode.REQUEST_CODE_NOT_SUPPORTED) : answer.to(request);
        }

        @Override
        public boolean rejectRequest() {
            return false;
        }
    }
}
