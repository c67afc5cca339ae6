package dev.rocketgateway.rocketmq.produce;

import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.rocketmq.remoting.RPCHook;
import org.apache.rocketmq.remoting.protocol.RemotingCommand;
import org.apache.rocketmq.remoting.protocol.RequestCode;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which of the tries of a send were written to a broker and answered by none.
 *
 * <p>After its retries, the client reports only how the last try failed. But an earlier try without an answer may have stored the
 * message. The client calls the hook for each try once it has a connection, right before it writes, on whatever thread that
 * happens; what all tries of a send have in common is the array of bytes that is their body. Thread-safe.
 */
final class WrittenRequests implements RPCHook {

    private static final Set<Integer> SENDS =
            Set.of(RequestCode.SEND_MESSAGE, RequestCode.SEND_MESSAGE_V2, RequestCode.SEND_BATCH_MESSAGE);

    /** Numbers of the client's requests by the identity of their body. */
    private final Map<byte[], Queue<Integer>> watched = new ConcurrentHashMap<>();

    private final Set<Integer> unanswered = ConcurrentHashMap.newKeySet();

    /**
     * Starts watching the requests with this body; each call must be followed by {@link #endWatch}.
     *
     * @param body an array that no other send uses
     */
    void watch(byte[] body) {
        watched.put(body, new ConcurrentLinkedQueue<>());
    }

    /** Ends the watch, and says whether a request was not answered; false if it has ended before. */
    boolean endWatch(byte[] body) {
        var requests = watched.remove(body);
        boolean one = false;
        if (requests != null) {
            for (var request : requests) {
                one |= unanswered.remove(request);
            }
        }
        return one;
    }

    @Override
    public void doBeforeRequest(String remoteAddress, RemotingCommand request) {
        // Route lookups and heartbeats store nothing.
        if (SENDS.contains(request.getCode()) && request.getBody() != null) {
            var requests = watched.get(request.getBody());
            if (requests != null) {
                unanswered.add(request.getOpaque());
                requests.add(request.getOpaque());
            }
        }
    }

    /** Called before the sender gets the answer, and never if there is no answer. */
    @Override
    public void doAfterResponse(String remoteAddress, RemotingCommand request, @Nullable RemotingCommand response) {
        unanswered.remove(request.getOpaque());
    }
}
