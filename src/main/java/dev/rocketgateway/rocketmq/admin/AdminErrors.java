package dev.rocketgateway.rocketmq.admin;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingException;

/** Translates the exceptions of administrative calls. */
public final class AdminErrors {

    private AdminErrors() {}

    /** A sequence of administrative calls. */
    @FunctionalInterface
    public interface Calls<T> {

        T run() throws RemotingException, InterruptedException, MQBrokerException, MQClientException;
    }

    /**
     * Runs the calls and translates their exceptions.
     *
     * @throws SourceUnavailableException if a broker did not answer, or refused
     */
    public static <T> T translated(Calls<T> calls) {
        try {
            return calls.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceUnavailableException("interrupted", e);
        } catch (MQBrokerException e) {
            throw SourceUnavailableException.refused(
                    "the broker refused the request with code " + e.getResponseCode(), e);
        } catch (MQClientException e) {
            throw SourceUnavailableException.refused(
                    "the RocketMQ client refused the request with code " + e.getResponseCode(), e);
        } catch (RemotingException | IllegalStateException e) {
            throw new SourceUnavailableException("no name server or no broker answers", e);
        }
    }
}
