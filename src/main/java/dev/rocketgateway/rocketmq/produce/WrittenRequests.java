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
 * Remembers which tries of a send were written to a broker but not answered.
 *
 * <p>After its retries, the client reports only how the last try failed. But an earlier try without an answer may have stored the
 * message. The client calls this hook for each try that has a connection, right before it writes the request, on any thread. The
 * hook recognizes the tries of a send by the byte array of the body, which all of them share. Thread-safe.
 */
final class WrittenRequests implements RPCHook {

    private static final Set<Integer> SENDS =
            Set.of(RequestCode.SEND_MESSAGE, RequestCode.SEND_MESSAGE_V2, RequestCode.SEND_BATCH_MESSAGE);

    /** The client's numbers of requests, by the array that is their body. */
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

    /** Ends the watch. Returns whether a request was written but not answered; false if the watch has ended before. */
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
