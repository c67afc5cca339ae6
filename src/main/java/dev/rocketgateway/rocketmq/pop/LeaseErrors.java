package dev.rocketgateway.rocketmq.pop;

import dev.rocketgateway.deliver.MessageLeases.LeaseException;
import dev.rocketgateway.deliver.MessageLeases.LeaseException.Reason;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingTooMuchRequestException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;

/**
 * Translates failures of the calls of POP.
 *
 * <pre>
 * failure                                              | reason
 * -----------------------------------------------------|-----------------
 * broker: POLLING_FULL                                 | TOO_MANY_WAITERS
 * broker: SYSTEM_BUSY, SERVICE_NOT_AVAILABLE           | UNAVAILABLE
 * broker: any other code                               | REFUSED
 * the name server does not answer, or connect failed   | UNAVAILABLE
 * timeout, or the connection broke after the request   | UNKNOWN
 * </pre>
 */
final class LeaseErrors {

    private LeaseErrors() {}

    static LeaseException translate(Throwable failure) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof LeaseException translated) {
            return translated;
        }
        if (cause instanceof MQBrokerException broker) {
            return ofBroker(broker);
        }
        if (cause instanceof SourceUnavailableException source) {
            return new LeaseException(
                    source.isRefused() ? Reason.REFUSED : Reason.UNAVAILABLE,
                    String.valueOf(source.getMessage()),
                    cause);
        }
        if (cause instanceof RemotingConnectException
                || cause instanceof RemotingTooMuchRequestException
                || cause instanceof RejectedExecutionException) {
            return new LeaseException(Reason.UNAVAILABLE, "no broker of the topic answers", cause);
        }
        return new LeaseException(Reason.UNKNOWN, "the broker did not answer in time", cause);
    }

    private static LeaseException ofBroker(MQBrokerException broker) {
        return switch (broker.getResponseCode()) {
            case ResponseCode.POLLING_FULL ->
                new LeaseException(Reason.TOO_MANY_WAITERS, "too many requests wait at the broker", broker);
            case ResponseCode.SYSTEM_BUSY, ResponseCode.SERVICE_NOT_AVAILABLE ->
                new LeaseException(Reason.UNAVAILABLE, "the broker is busy", broker);
            default ->
                new LeaseException(
                        Reason.REFUSED,
                        "the broker refused the request with code %d".formatted(broker.getResponseCode()),
                        broker);
        };
    }
}
