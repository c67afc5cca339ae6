package dev.rocketgateway.rocketmq;

import java.util.Set;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.jspecify.annotations.Nullable;

/**
 * Remembers when the client last wrote a message to any broker.
 *
 * <p>After its retries the client tells only how the last try failed. If the last could not connect, an earlier one may
 * still have stored the message, unless nothing at all was written meanwhile. The client calls the hook once it has a
 * connection, right before it writes. Thread-safe.
 */
final class WrittenRequests implements RPCHook {

    private static final Set<Integer> SENDS =
            Set.of(RequestCode.SEND_MESSAGE, RequestCode.SEND_MESSAGE_V2, RequestCode.SEND_BATCH_MESSAGE);

    private final ThreadLocal<Integer> onThisThread = ThreadLocal.withInitial(() -> 0);
    private volatile long lastNanos = System.nanoTime() - 1;

    /**
     * @param nanos from {@link System#nanoTime}
     */
    boolean since(long nanos) {
        return lastNanos - nanos >= 0;
    }

    /** Begins to count what the current thread writes; a synchronous send writes each of its tries on it. */
    void countOnThisThread() {
        onThisThread.set(0);
    }

    /** Requests the current thread has written since {@link #countOnThisThread}. */
    int countedOnThisThread() {
        int counted = onThisThread.get();
        onThisThread.remove();
        return counted;
    }

    @Override
    public void doBeforeRequest(String remoteAddress, RemotingCommand request) {
        // Route look-ups and heartbeats store nothing.
        if (SENDS.contains(request.getCode())) {
            onThisThread.set(onThisThread.get() + 1);
            lastNanos = System.nanoTime();
        }
    }

    @Override
    public void doAfterResponse(String remoteAddress, RemotingCommand request, @Nullable RemotingCommand response) {}
}
