package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.rocketmq.client.producer.SendCallback;
import org.apache.rocketmq.client.producer.SendResult;

/**
 * What becomes of an asynchronous send, told once: by the client's callback, or in its place where the client never calls back.
 *
 * <p>The client does not where something fails between an answer and the next try, as choosing a broker when the topic has lost
 * its queues; it logs that and forgets the send ({@code NettyRemotingAbstract.executeInvokeCallback}). What waits for the send
 * must not wait for ever: others wait behind it.
 */
final class AsyncSend implements SendCallback {

    /** By how much the client exceeds the timeout of a send at most: it looks for those that are over every second or so. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** Says what a failure means. */
    interface Translation {

        /**
         * @param unanswered whether a try was written to a broker and answered by none
         */
        SendFailedException of(Throwable thrown, boolean unanswered);
    }

    private final byte[] body;
    private final WrittenRequests written;
    private final Translation translation;
    private final CompletableFuture<SendResult> sent = new CompletableFuture<>();

    /**
     * Begins to watch what is written; the send has to follow.
     *
     * @param body that of the send and of no other
     */
    AsyncSend(byte[] body, WrittenRequests written, Translation translation) {
        this.body = body;
        this.written = written;
        this.translation = translation;
        written.watch(body);
    }

    // The client swallows whatever a SendCallback throws, so both methods only complete the future.

    @Override
    public void onSuccess(SendResult result) {
        written.endWatch(body);
        sent.complete(result);
    }

    @Override
    public void onException(Throwable cause) {
        sent.completeExceptionally(translation.of(cause, written.endWatch(body)));
    }

    /**
     * Fails with {@link SendFailedException}.
     *
     * @param timeout of the send, as the client knows it
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
