package dev.rocketgateway.rocketmq;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.jspecify.annotations.Nullable;

/**
 * Remembers when the client last wrote a message to any broker, and which of a thread's requests nobody has answered.
 *
 * <p>After its retries the client tells only how the last try failed. If the last could not connect, an earlier one may
 * still have stored the message, unless nothing at all was written meanwhile, or all that was written was answered. The
 * client calls the hook once it has a connection, right before it writes. Thread-safe.
 */
final class WrittenRequests implements RPCHook {

    private static final Set<Integer> SENDS =
            Set.of(RequestCode.SEND_MESSAGE, RequestCode.SEND_MESSAGE_V2, RequestCode.SEND_BATCH_MESSAGE);

    /** The requests of one synchronous send, by the numbers the client gives them. */
    private final ThreadLocal<@Nullable List<Integer>> onThisThread = new ThreadLocal<>();

    private final Set<Integer> unanswered = ConcurrentHashMap.newKeySet();
    private volatile long lastNanos = System.nanoTime() - 1;

    /**
     * @param nanos from {@link System#nanoTime}
     */
    boolean since(long nanos) {
        return lastNanos - nanos >= 0;
    }

    /** Begins to watch what the current thread writes; a synchronous send writes each of its tries on it. */
    void watchThisThread() {
        onThisThread.set(new ArrayList<>(1));
    }

    /** Whether a request the current thread has written since {@link #watchThisThread} was not answered, and ends the watch. */
    boolean isOneUnanswered() {
        var requests = onThisThread.get();
        onThisThread.remove();
        return requests != null && unanswered.removeAll(requests);
    }

    @Override
    public void doBeforeRequest(String remoteAddress, RemotingCommand request) {
        // Route look-ups and heartbeats store nothing.
        if (SENDS.contains(request.getCode())) {
            var requests = onThisThread.get();
            if (requests != null) {
                requests.add(request.getOpaque());
                unanswered.add(request.getOpaque());
            }
            lastNanos = System.nanoTime();
        }
    }

    /** Comes, on another thread, before the sender has the answer; and not at all if there is none. */
    @Override
    public void doAfterResponse(String remoteAddress, RemotingCommand request, @Nullable RemotingCommand response) {
        unanswered.remove(request.getOpaque());
    }
}
