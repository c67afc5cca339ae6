package dev.rocketgateway.rocketmq.pop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.List;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageDecoder;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.header.PopMessageResponseHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TakenMessagesTest {

    private static final PopClient.Broker BROKER = new PopClient.Broker("broker-a", "127.0.0.1:10911");

    private final PopMessageResponseHeader header = new PopMessageResponseHeader();

    TakenMessagesTest() {
        header.setPopTime(1_700_000_000_000L);
        header.setInvisibleTime(30_000);
        header.setReviveQid(5);
    }

    private static MessageExt message(String body, int queueId, long offset, String written) {
        var message = new MessageExt();
        message.setTopic("orders");
        message.setBody(body.getBytes());
        message.setQueueId(queueId);
        message.setQueueOffset(offset);
        message.setBornHost(new InetSocketAddress("127.0.0.1", 1));
        message.setStoreHost(new InetSocketAddress("127.0.0.1", 2));
        if (written != null) {
            MessageAccessor.putProperty(message, MessageConst.PROPERTY_POP_CK, written);
        }
        return message;
    }

    private List<MessageExt> read(MessageExt... messages) throws Exception {
        var body = new ByteArrayOutputStream();
        for (var message : messages) {
            body.write(MessageDecoder.encode(message, false));
        }
        var response = RemotingCommand.createResponseCommandWithHeader(ResponseCode.SUCCESS, header);
        response.makeCustomHeaderToNet();
        response.setBody(body.toByteArray());
        return TakenMessages.read(response, BROKER);
    }

    private static List<String> checkpoints(List<MessageExt> messages) {
        return messages.stream().map(message -> Checkpoint.of(message).text()).toList();
    }

    @Test
    void aMessageHasTheCheckpointThatTheHeaderDescribes() throws Exception {
        header.setStartOffsetInfo("0 3 40;0 4 7");
        header.setMsgOffsetInfo("0 3 40,42;0 4 7");

        var found = read(message("a", 3, 40, null), message("b", 3, 42, null), message("c", 4, 7, null));

        assertThat(checkpoints(found))
                .containsExactly(
                        "40 1700000000000 30000 5 0 broker-a 3 40",
                        "40 1700000000000 30000 5 0 broker-a 3 42",
                        "7 1700000000000 30000 5 0 broker-a 4 7");
        assertThat(found).extracting(MessageExt::getBrokerName).containsOnly("broker-a");
        assertThat(found).extracting(message -> new String(message.getBody())).containsExactly("a", "b", "c");
    }

    /** The client fails for the whole response if it cannot read a checkpoint that a producer has written. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "40 1600000000000 30000 5 0 broker-a 3 40",
                "40 1700000000000 30000 5 1 broker-a 3 40",
                "40 1700000000000 30000 5 0 broker-b 3 40"
            })
    void aCheckpointOfAProducerIsReplaced(String written) throws Exception {
        header.setStartOffsetInfo("0 3 40");
        header.setMsgOffsetInfo("0 3 40,41");

        var found = read(message("foreign", 3, 40, written), message("neighbor", 3, 41, null));

        assertThat(checkpoints(found))
                .containsExactly(
                        "40 1700000000000 30000 5 0 broker-a 3 40", "40 1700000000000 30000 5 0 broker-a 3 41");
    }

    @Test
    void aRetriedMessageKeepsTheCheckpointOfTheBroker() throws Exception {
        header.setStartOffsetInfo("1 0 9;0 0 9");
        header.setMsgOffsetInfo("1 0 9;0 0 9");

        var found = read(message("new", 0, 9, null), message("again", 0, 9, "9 1700000000000 30000 5 1 broker-a 0 9"));

        assertThat(checkpoints(found))
                .containsExactly("9 1700000000000 30000 5 0 broker-a 0 9", "9 1700000000000 30000 5 1 broker-a 0 9");
    }

    /** The broker does not replace what a producer has written, in messages of retry topics neither. */
    @ParameterizedTest
    @ValueSource(strings = {"1", "2"})
    void aRetriedMessageOfSuchAProducerHasTheCheckpointThatTheHeaderDescribes(String retry) throws Exception {
        header.setStartOffsetInfo(retry + " 0 9");
        header.setMsgOffsetInfo(retry + " 0 9");

        var found = read(message("again", 0, 9, "nonsense"));

        assertThat(checkpoints(found)).containsExactly("9 1700000000000 30000 5 " + retry + " broker-a 0 9");
    }

    @Test
    void anOrderedMessageHasItsAttempts() throws Exception {
        header.setStartOffsetInfo("0 3 40;0 4 7");
        header.setMsgOffsetInfo("0 3 40,41;0 4 7");
        header.setOrderCountInfo("0 qo3%40 2;0 3 0;0 4 1");

        var found = read(message("a", 3, 40, null), message("b", 3, 41, null), message("c", 4, 7, "nonsense"));

        assertThat(found).extracting(MessageExt::getReconsumeTimes).containsExactly(2, 0, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {ResponseCode.POLLING_FULL, ResponseCode.POLLING_TIMEOUT, ResponseCode.PULL_NOT_FOUND})
    void someCodesMeanThatThereAreNone(int code) throws Exception {
        assertThat(TakenMessages.read(RemotingCommand.createResponseCommand(code, ""), BROKER))
                .isEmpty();
    }

    @Test
    void otherCodesAreRefusals() {
        var refused = RemotingCommand.createResponseCommand(ResponseCode.NO_PERMISSION, "no permission");

        assertThatThrownBy(() -> TakenMessages.read(refused, BROKER))
                .isInstanceOfSatisfying(MQBrokerException.class, e -> assertThat(e.getResponseCode())
                        .isEqualTo(ResponseCode.NO_PERMISSION));
    }
}
