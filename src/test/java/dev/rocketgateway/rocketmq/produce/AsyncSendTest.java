package dev.rocketgateway.rocketmq.produce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.junit.jupiter.api.Test;

class AsyncSendTest {

    private static final Duration AGES = Duration.ofDays(1);
    /** The limit of a send that is over by now. */
    private static final Duration OVER = Duration.ofSeconds(-10);

    private final byte[] body = {1};
    private final WrittenRequests written = new WrittenRequests();
    private final AsyncSend send = new AsyncSend(
            body,
            written,
            (thrown, unanswered) -> new SendFailedException(Reason.UNAVAILABLE, null, unanswered, thrown));

    @Test
    void tellsTheResult() {
        var result = new SendResult();
        write();

        send.succeeded(result);

        assertThat(send.outcome(AGES).toCompletableFuture()).isCompletedWithValue(result);
        assertThat(written.endWatch(body)).as("is not watched any more").isFalse();
    }

    @Test
    void countsAnOpenTryAsUnanswered() {
        send.failed(new IllegalStateException(), true);

        assertThat(failure(send.outcome(AGES).toCompletableFuture()).maybeStored())
                .isTrue();
        assertThat(written.endWatch(body)).as("is not watched any more").isFalse();
    }

    @Test
    void saysOfAFailureWhetherATryWasLeftUnanswered() {
        write();

        send.failed(new IllegalStateException(), false);

        var failure = failure(send.outcome(AGES).toCompletableFuture());
        assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failure.maybeStored()).isTrue();
    }

    @Test
    void endsWhereTheClientNeverCallsBack() {
        write();

        var outcome = send.outcome(OVER).toCompletableFuture();

        assertThat(failure(outcome).reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(failure(outcome).maybeStored()).isTrue();
        assertThat(written.endWatch(body)).as("is not watched any more").isFalse();
    }

    @Test
    void aCallbackThatComesAfterAllChangesNothing() {
        var outcome = send.outcome(OVER).toCompletableFuture();
        assertThat(failure(outcome).reason()).isEqualTo(Reason.TIMEOUT);

        send.succeeded(new SendResult());

        assertThat(failure(outcome).reason()).isEqualTo(Reason.TIMEOUT);
    }

    private void write() {
        var request = RemotingCommand.createRequestCommand(RequestCode.SEND_MESSAGE_V2, null);
        request.setBody(body);
        written.doBeforeRequest("127.0.0.1:10911", request);
    }

    private static SendFailedException failure(CompletableFuture<SendResult> outcome) {
        var thrown = catchThrowableOfType(ExecutionException.class, () -> outcome.get(20, TimeUnit.SECONDS));
        return (SendFailedException) thrown.getCause();
    }
}
