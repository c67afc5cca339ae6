package dev.rocketgateway.rocketmq;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import java.util.Set;
import org.apache.rocketmq.client.common.ClientErrorCode;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingException;

/** The one translation of what administrative calls throw, for those who wait for their answer. */
final class AdminCalls {

    private static final String NO_ANSWER = "no name server or no broker answers";

    /** What the client says of a send for which it found no broker, or none that answered. */
    private static final Set<Integer> SILENCE = Set.of(
            ClientErrorCode.CONNECT_BROKER_EXCEPTION,
            ClientErrorCode.ACCESS_BROKER_TIMEOUT,
            ClientErrorCode.BROKER_NOT_EXIST_EXCEPTION,
            ClientErrorCode.NO_NAME_SERVER_EXCEPTION,
            ClientErrorCode.NOT_FOUND_TOPIC_EXCEPTION);

    private AdminCalls() {}

    /** Some calls. */
    @FunctionalInterface
    interface Calls<T> {

        T run() throws RemotingException, InterruptedException, MQBrokerException, MQClientException;
    }

    /**
     * @throws SourceUnavailableException if a broker did not answer, or refused
     */
    static <T> T translated(Calls<T> calls) {
        try {
            return calls.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceUnavailableException("interrupted", e);
        } catch (MQBrokerException e) {
            throw SourceUnavailableException.refused("the broker refused, code " + e.getResponseCode(), e);
        } catch (MQClientException e) {
            if (SILENCE.contains(e.getResponseCode())) {
                throw new SourceUnavailableException(NO_ANSWER, e);
            }
            throw SourceUnavailableException.refused("the client refused, code " + e.getResponseCode(), e);
        } catch (RemotingException | IllegalStateException e) {
            throw new SourceUnavailableException(NO_ANSWER, e);
        }
    }
}
