package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.rocketmq.client.producer.SendResult;

/**
 * Completes an asynchronous send exactly once: when the client calls back, or by a timeout if the client never does.
 *
 * <p>The client never calls back if something fails between an answer and the next try, for example the choice of a broker when
 * the topic has lost its queues. The client logs the failure and forgets the send
 * ({@code NettyRemotingAbstract.executeInvokeCallback}). Without the timeout, the caller and the sends behind it would wait
 * forever.
 */
final class AsyncSend implements SendTries.Result {

    /** How much later than the timeout the client may call back: it looks for expired sends about once a second. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** Translates exceptions of the client. */
    interface Translation {

        /**
         * @param unanswered whether a try was written to a broker, or may still be, and no broker answered it
         */
        SendFailedException of(Throwable thrown, boolean unanswered);
    }

    private final byte[] body;
    private final WrittenRequests written;
    private final Translation translation;
    private final CompletableFuture<SendResult> sent = new CompletableFuture<>();

    /**
     * Starts watching whether the body is written; the caller must then send it.
     *
     * @param body the array of this send; no other send may use the same array
     */
    AsyncSend(byte[] body, WrittenRequests written, Translation translation) {
        this.body = body;
        this.written = written;
        this.translation = translation;
        written.watch(body);
    }

    // The client ignores exceptions of callbacks, so both methods only complete the future.

    @Override
    public void succeeded(SendResult result) {
        written.endWatch(body);
        sent.complete(result);
    }

    @Override
    public void failed(Throwable cause, boolean open) {
        boolean unanswered = written.endWatch(body);
        sent.completeExceptionally(translation.of(cause, unanswered || open));
    }

    /**
     * The result of the send. Fails with {@link SendFailedException}.
     *
     * @param timeout the timeout that the client uses for the send
     */
    CompletionStage<SendResult> outcome(Duration timeout) {
        return sent.orTimeout(timeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(thrown -> CompletableFuture.failedStage(
                        thrown instanceof TimeoutException forgotten ? forgotten(forgotten) : thrown));
    }

    private SendFailedException forgotten(TimeoutException thrown) {
        written.endWatch(body);
        return new SendFailedException(Reason.TIMEOUT, null, true, thrown);
    }
}
