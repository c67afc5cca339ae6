package dev.rocketgateway.rocketmq.produce;

import java.util.Set;
import java.util.function.Predicate;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;

/**
 * Says when a message is sent again.
 *
 * @param retries maximum number of further tries
 * @param retryable the failures of a try that another try may follow
 * @param leavesTime whether a try leaves time for another one if another broker could accept the message
 */
record RetryPolicy(int retries, Predicate<Throwable> retryable, boolean leavesTime) {

    /**
     * As {@code DefaultMQProducerImpl.sendDefaultImpl} does for synchronous sends: when the connection fails, the broker does not
     * answer in time, or its answer allows a retry elsewhere.
     *
     * @param codes the answers that allow a retry, see {@link ResponseCode}
     */
    static RetryPolicy sync(int retries, Set<Integer> codes) {
        return new RetryPolicy(
                retries,
                failure -> failure instanceof MQBrokerException refused
                        ? codes.contains(refused.getResponseCode())
                        : failure instanceof MQClientException client
                                ? client.getResponseCode() != ResponseCode.MESSAGE_ILLEGAL
                                : failure instanceof RemotingException,
                true);
    }

    /** When the connection fails. */
    static RetryPolicy async(int retries) {
        return new RetryPolicy(retries, FailedTries::connectionFailed, false);
    }
}
