package dev.rocketgateway.rocketmq.produce;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.junit.jupiter.api.Test;

class WrittenRequestsTest {

    private final WrittenRequests requests = new WrittenRequests();
    private final byte[] body = {1};

    @Test
    void nothingIsUnansweredBeforeAnythingIsWritten() {
        requests.watch(body);

        assertThat(requests.endWatch(body)).isFalse();
    }

    @Test
    void aRefusedRequestIsAnswered() {
        requests.watch(body);
        exchange(body, true);

        assertThat(requests.endWatch(body)).isFalse();
    }

    @Test
    void anEarlierTryIsUnansweredWhateverBecomesOfTheLast() {
        requests.watch(body);
        exchange(body, false);
        exchange(body, true);

        assertThat(requests.endWatch(body)).isTrue();
    }

    @Test
    void distinguishesEqualBodiesOfDifferentSends() {
        byte[] same = {1};
        requests.watch(body);
        requests.watch(same);
        exchange(same, false);

        assertThat(requests.endWatch(body)).isFalse();
        assertThat(requests.endWatch(same)).isTrue();
        assertThat(requests.endWatch(same)).isFalse();
    }

    private void exchange(byte[] sent, boolean answered) {
        var request = RemotingCommand.createRequestCommand(RequestCode.SEND_MESSAGE_V2, null);
        request.setBody(sent);
        requests.doBeforeRequest("broker", request);
        if (answered) {
            requests.doAfterResponse("broker", request, RemotingCommand.createResponseCommand(1, ""));
        }
    }
}
