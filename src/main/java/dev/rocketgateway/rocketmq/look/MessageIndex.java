package dev.rocketgateway.rocketmq.look;

import dev.rocketgateway.rocketmq.RocketMqMessages;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.InvokeCallback;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.netty.ResponseFuture;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.header.QueryMessageRequestHeader;
import org.jboss.logging.Logger;

/**
 * Queries the message index of several brokers at the same time. For each topic, the index has the unique id and the keys of every
 * message. The index compares only hashes, so this class checks every result. Thread-safe; blocks.
 */
@ApplicationScoped
class MessageIndex {

    private static final Logger LOG = Logger.getLogger(MessageIndex.class);

    /** Extra time to wait, because the client checks for timeouts only once a second, and one second late. */
    private static final long LATE_MILLIS = 3_000;

    private final ReadClient client;
    private final RocketMqAdmin admin;

    MessageIndex(ReadClient client, RocketMqAdmin admin) {
        this.client = client;
        this.admin = admin;
    }

    /**
     * Entries of the index.
     *
     * @param silent names of brokers that did not answer
     */
    record Entries(List<MessageExt> messages, Set<String> silent) {}

    /**
     * The messages with a unique id.
     *
     * @param topic topic in which the messages are stored; may be a topic of RocketMQ itself
     * @param brokers addresses of brokers by name
     */
    Entries byId(String topic, String id, Map<String, String> brokers) throws InterruptedException {
        return query(
                header(topic, id, 1, 0, Long.MAX_VALUE),
                true,
                brokers,
                message -> message.getTopic().equals(topic)
                        && RocketMqMessages.id(message).equals(id));
    }

    /** The messages with a key, the newest of each broker first. The index has times in whole seconds. */
    Entries byKey(String topic, String key, long from, long to, int limit, Map<String, String> brokers)
            throws InterruptedException {
        return query(
                header(topic, key, limit, from - 1000, to + 1000),
                false,
                brokers,
                message -> message.getTopic().equals(topic)
                        && RocketMqMessages.keys(message).contains(key));
    }

    private QueryMessageRequestHeader header(String topic, String key, int limit, long from, long to) {
        var header = new QueryMessageRequestHeader();
        header.setTopic(admin.inNamespace(topic));
        header.setKey(key);
        header.setMaxNum(limit);
        header.setBeginTimestamp(from);
        header.setEndTimestamp(to);
        return header;
    }

    private Entries query(
            QueryMessageRequestHeader header, boolean unique, Map<String, String> brokers, Predicate<MessageExt> wanted)
            throws InterruptedException {
        var answers = new LinkedHashMap<String, CompletableFuture<RemotingCommand>>();
        brokers.forEach((name, address) -> answers.put(name, ask(header, unique, address)));
        var messages = new ArrayList<MessageExt>();
        var silent = new TreeSet<String>();
        for (var answer : answers.entrySet()) {
            try {
                var response = answer.getValue().get(admin.timeout().toMillis() + LATE_MILLIS, TimeUnit.MILLISECONDS);
                if (response.getCode() == ResponseCode.SUCCESS && response.getBody() != null) {
                    client.messages(response.getBody(), answer.getKey()).stream()
                            .filter(wanted)
                            .forEach(messages::add);
                } else if (response.getCode() != ResponseCode.QUERY_NOT_FOUND) {
                    LOG.debugf(
                            "the index of a broker was not read broker=%s code=%d",
                            answer.getKey(), response.getCode());
                    silent.add(answer.getKey());
                }
            } catch (ExecutionException | TimeoutException e) {
                LOG.debugf(e, "the index of a broker was not read broker=%s", answer.getKey());
                silent.add(answer.getKey());
            }
        }
        return new Entries(messages, silent);
    }

    private CompletableFuture<RemotingCommand> ask(QueryMessageRequestHeader header, boolean unique, String address) {
        var answer = new CompletableFuture<RemotingCommand>();
        try {
            client.api()
                    .queryMessage(
                            address,
                            header,
                            admin.timeout().toMillis(),
                            new InvokeCallback() {
                                @Override
                                public void operationComplete(ResponseFuture done) {}

                                @Override
                                public void operationSucceed(RemotingCommand response) {
                                    answer.complete(response);
                                }

                                @Override
                                public void operationFail(Throwable cause) {
                                    answer.completeExceptionally(cause);
                                }
                            },
                            unique);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer.completeExceptionally(e);
        } catch (RemotingException | MQBrokerException | RuntimeException e) {
            answer.completeExceptionally(e);
        }
        return answer;
    }
}
