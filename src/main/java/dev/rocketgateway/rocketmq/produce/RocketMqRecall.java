package dev.rocketgateway.rocketmq.produce;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.publish.MessageRecall;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.rocketmq.RocketMqConfig;
import dev.rocketgateway.rocketmq.RocketMqErrors;
import dev.rocketgateway.rocketmq.admin.BrokerVersions;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.admin.TopicLookup;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.ResponseCode;
import org.apache.rocketmq.remoting.protocol.header.RecallMessageRequestHeader;

/**
 * Recalls messages at the broker that their handles name. Uses the connections of administrative calls: the client closes a
 * connection on which a call timed out, and a recall must not fail the sends of others.
 *
 * <pre>
 * answer of the broker         | outcome
 * -----------------------------|------------------------------------------------------
 * 0 SUCCESS                    | Requested
 * 604 ILLEGAL_OPERATION        | Due; Invalid if the time is far ahead
 * 16 NO_PERMISSION             | Disabled; DENIED if recallMessageEnable is true
 * 3 REQUEST_CODE_NOT_SUPPORTED | BROKER_TOO_OLD
 * any other                    | as for sends, see {@link RocketMqErrors}
 * </pre>
 */
@Singleton
class RocketMqRecall implements MessageRecall {

    private static final String SETTING = "recallMessageEnable";

    /** Clocks differ by less than this. Within it, a time that the broker refuses has passed by the broker's clock. */
    private static final Duration CLOCK_DIFFERENCE = Duration.ofHours(1);

    private final RocketMqAdmin admin;
    private final TopicLookup topics;
    private final BrokerVersions versions;
    private final String producerGroup;
    private final ExecutorService blocking;

    RocketMqRecall(
            RocketMqAdmin admin,
            TopicLookup topics,
            BrokerVersions versions,
            RocketMqConfig config,
            @VirtualThreads ExecutorService blocking) {
        this.admin = admin;
        this.topics = topics;
        this.versions = versions;
        this.producerGroup = config.producerGroup();
        this.blocking = blocking;
    }

    @Override
    public CompletionStage<Outcome> recall(TopicName topic, String recallHandle, Duration timeout) {
        RecallHandle handle;
        try {
            handle = RecallHandle.parse(recallHandle);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedStage(new Outcome.Invalid(String.valueOf(e.getMessage())));
        }
        if (!handle.topic().equals(admin.inNamespace(topic.value()))) {
            return CompletableFuture.completedStage(new Outcome.Invalid(
                    "belongs to a message of another topic; the path must have the topic of the message"));
        }
        try {
            return CompletableFuture.supplyAsync(() -> recallNow(topic, recallHandle, handle, timeout), blocking);
        } catch (RuntimeException refused) {
            return CompletableFuture.failedStage(RocketMqErrors.translate(refused));
        }
    }

    private Outcome recallNow(TopicName topic, String text, RecallHandle handle, Duration timeout) {
        try {
            var route = admin.route(topic.value());
            if (route.isEmpty()) {
                throw topics.exists(topic)
                        ? new SendFailedException(Reason.UNAVAILABLE)
                        : new SendFailedException(Reason.TOPIC_NOT_FOUND, ResponseCode.TOPIC_NOT_EXIST, false, null);
            }
            var address = RocketMqAdmin.master(route.get(), handle.brokerName())
                    .orElseThrow(() -> new SendFailedException(Reason.UNAVAILABLE));
            return ask(address, topic, text, handle, timeout);
        } catch (SourceUnavailableException unknown) {
            throw new SendFailedException(Reason.UNAVAILABLE, null, false, unknown);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SendFailedException(Reason.UNAVAILABLE, null, true, e);
        } catch (Exception e) {
            throw RocketMqErrors.translate(e);
        }
    }

    private Outcome ask(String address, TopicName topic, String text, RecallHandle handle, Duration timeout)
            throws RemotingException, InterruptedException, MQBrokerException, MQClientException {
        var header = new RecallMessageRequestHeader();
        header.setProducerGroup(admin.inNamespace(producerGroup));
        header.setTopic(admin.inNamespace(topic.value()));
        header.setRecallHandle(text);
        header.setBrokerName(handle.brokerName());
        try {
            return new Outcome.Requested(admin.api().recallMessage(address, header, timeout.toMillis()));
        } catch (MQBrokerException e) {
            return switch (e.getResponseCode()) {
                case ResponseCode.ILLEGAL_OPERATION -> refusedTime(handle);
                case ResponseCode.NO_PERMISSION -> disabledOrDenied(address, handle, e);
                case ResponseCode.REQUEST_CODE_NOT_SUPPORTED ->
                    throw SendFailedException.brokerTooOld(
                            "Broker '%s' runs RocketMQ %s, but recalls need 5.3.2 or newer"
                                    .formatted(handle.brokerName(), versions.describe(handle.brokerName())));
                default -> throw e;
            };
        }
    }

    private static Outcome refusedTime(RecallHandle handle) {
        boolean farAhead = handle.dueAt() - System.currentTimeMillis() > CLOCK_DIFFERENCE.toMillis();
        return farAhead
                ? new Outcome.Invalid("has a delivery time further in the future than the broker allows")
                : new Outcome.Due();
    }

    /** The broker answers with the same code when its settings forbid recalls, and when the credentials are not sufficient. */
    private Outcome disabledOrDenied(String address, RecallHandle handle, MQBrokerException refusal)
            throws RemotingException, InterruptedException, MQBrokerException {
        if (admin.brokerSetting(address, SETTING).filter("true"::equals).isPresent()) {
            throw refusal;
        }
        return new Outcome.Disabled(handle.brokerName());
    }
}
