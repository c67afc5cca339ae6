package dev.rocketgateway.rocketmq;

import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.apache.rocketmq.client.common.ClientErrorCode;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingSendRequestException;
import org.apache.rocketmq.remoting.exception.RemotingTimeoutException;
import org.apache.rocketmq.remoting.exception.RemotingTooMuchRequestException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.jspecify.annotations.Nullable;

/**
 * Translates exceptions of the client to {@link SendFailedException}, by their type and code and never by their text. Also looks at
 * the causes of an exception: the same fault comes bare, wrapped in {@link MQClientException} after retries, or wrapped in an
 * {@link IllegalStateException}.
 *
 * <pre>
 * thrown                                         | reason          | maybe stored
 * -----------------------------------------------|-----------------|-------------
 * broker: 16 NO_PERMISSION                       | DENIED          | no
 * broker: 17 TOPIC_NOT_EXIST, client: 10005      | TOPIC_NOT_FOUND | no
 * broker: 2 SYSTEM_BUSY, 215 FLOW_CONTROL        | BROKER_BUSY     | no
 * broker: 13 MESSAGE_ILLEGAL, client: 13         | ILLEGAL_MESSAGE | no
 * broker: 14 SERVICE_NOT_AVAILABLE, any other    | UNAVAILABLE     | no
 * connect failed, client: any other code         | UNAVAILABLE     | no
 * connection broke after the request was written | UNAVAILABLE     | yes
 * client: 10002, timeout, too much time spent    | TIMEOUT         | yes
 * executor is full or stopped                    | OVERLOADED      | no
 * anything else                                  | INTERNAL        | no
 * </pre>
 */
public final class RocketMqErrors {

    private RocketMqErrors() {}

    /** Translates an exception; returns an already translated one unchanged. Never fails. */
    public static SendFailedException translate(@Nullable Throwable thrown) {
        var chain = chain(thrown);
        return Stream.concat(
                        chain.stream().map(cause -> byType(cause, thrown)),
                        chain.stream().map(cause -> byClientCode(cause, thrown)))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> new SendFailedException(Reason.INTERNAL, null, false, thrown));
    }

    private static Set<Throwable> chain(@Nullable Throwable thrown) {
        var chain = new LinkedHashSet<Throwable>();
        for (Throwable cause = thrown; cause != null && chain.add(cause); cause = cause.getCause()) {}
        return chain;
    }

    private static @Nullable SendFailedException byType(Throwable cause, @Nullable Throwable thrown) {
        if (cause instanceof SendFailedException translated) {
            return translated;
        }
        if (cause instanceof MQBrokerException broker) {
            return new SendFailedException(ofBroker(broker.getResponseCode()), broker.getResponseCode(), false, thrown);
        }
        if (cause instanceof RemotingConnectException) {
            return new SendFailedException(Reason.UNAVAILABLE, null, false, thrown);
        }
        if (cause instanceof RemotingTimeoutException || cause instanceof RemotingTooMuchRequestException) {
            return new SendFailedException(Reason.TIMEOUT, null, true, thrown);
        }
        if (cause instanceof RemotingSendRequestException) {
            return new SendFailedException(Reason.UNAVAILABLE, null, true, thrown);
        }
        if (cause instanceof RejectedExecutionException) {
            return new SendFailedException(Reason.OVERLOADED, null, false, thrown);
        }
        return null;
    }

    private static Reason ofBroker(int code) {
        return switch (code) {
            case ResponseCode.NO_PERMISSION -> Reason.DENIED;
            case ResponseCode.TOPIC_NOT_EXIST -> Reason.TOPIC_NOT_FOUND;
            case ResponseCode.SYSTEM_BUSY, ResponseCode.FLOW_CONTROL -> Reason.BROKER_BUSY;
            case ResponseCode.MESSAGE_ILLEGAL -> Reason.ILLEGAL_MESSAGE;
            default -> Reason.UNAVAILABLE;
        };
    }

    private static @Nullable SendFailedException byClientCode(Throwable cause, @Nullable Throwable thrown) {
        if (!(cause instanceof MQClientException client)) {
            return null;
        }
        int code = client.getResponseCode();
        return switch (code) {
            case ClientErrorCode.NOT_FOUND_TOPIC_EXCEPTION ->
                new SendFailedException(Reason.TOPIC_NOT_FOUND, code, false, thrown);
            case ResponseCode.MESSAGE_ILLEGAL -> new SendFailedException(Reason.ILLEGAL_MESSAGE, code, false, thrown);
            case ClientErrorCode.ACCESS_BROKER_TIMEOUT -> new SendFailedException(Reason.TIMEOUT, code, true, thrown);
            // All other exceptions without a code are about the client's state: a lost broker, or a shutdown.
            default -> new SendFailedException(Reason.UNAVAILABLE, code < 0 ? null : code, false, thrown);
        };
    }
}
