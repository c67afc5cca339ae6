package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.rocketmq.admin.BrokerHealth;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingSendRequestException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;

/** Decides what the failure of a try means: for the health of its broker, and for further tries. */
final class FailedTries {

    /** Minimum time for another try. With less, the timeout would end before the broker could answer. */
    private static final long TOO_LITTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private FailedTries() {}

    /**
     * Whether the try that failed was the last one.
     *
     * @param left number of tries that are still allowed
     * @param end when the timeout ends, as in {@link System#nanoTime}
     */
    static boolean isLast(int left, long end) {
        return left == 0 || end - System.nanoTime() <= TOO_LITTLE_NANOS;
    }

    /** The names of the brokers that were tried, with one more. */
    static Set<String> with(Set<String> brokers, String another) {
        if (brokers.isEmpty()) {
            return Set.of(another);
        }
        var more = new HashSet<>(brokers);
        more.add(another);
        return more;
    }

    /** Reports the failure of a try to the health of its broker. */
    static void report(BrokerHealth.Attempt attempt, Throwable cause) {
        if (has(cause, MQBrokerException.class)) {
            attempt.refused();
        } else if (connectionFailed(cause) || has(cause, RemotingTimeoutException.class) || isUnknown(cause)) {
            attempt.failed();
        } else {
            attempt.abandoned();
        }
    }

    /** Whether the client has lost the broker's address; its exception then has no cause and no code. */
    private static boolean isUnknown(Throwable cause) {
        return cause instanceof MQClientException client && client.getCause() == null && client.getResponseCode() < 0;
    }

    static boolean connectionFailed(Throwable cause) {
        return (has(cause, RemotingConnectException.class) || has(cause, RemotingSendRequestException.class))
                && !has(cause, RemotingTimeoutException.class);
    }

    private static boolean has(Throwable thrown, Class<? extends Throwable> type) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
