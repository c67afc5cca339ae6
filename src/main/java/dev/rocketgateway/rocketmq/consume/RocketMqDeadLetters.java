package dev.rocketgateway.rocketmq.consume;

import static dev.rocketgateway.rocketmq.admin.AdminErrors.translated;

import dev.rocketgateway.deliver.DeadLetters;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.rocketmq.RocketMqErrors;
import dev.rocketgateway.rocketmq.RocketMqMessages;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.admin.TopicLookup;
import dev.rocketgateway.rocketmq.client.CompressedBodies;
import dev.rocketgateway.rocketmq.produce.RocketMqPublisher;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageAccessor;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.jboss.logging.Logger;

/**
 * Reads and redrives dead letters. Each broker keeps its dead letters in one queue of an ordinary topic. Thread-safe; blocks.
 */
@ApplicationScoped
class RocketMqDeadLetters implements DeadLetters {

    private static final Logger LOG = Logger.getLogger(RocketMqDeadLetters.class);

    private static final int ITS_ONLY_QUEUE = 0;

    /**
     * Properties that a redriven message does not keep. In the retry topic, they would count earlier attempts or delay the message.
     */
    private static final Set<String> REMOVED_FOR_REDRIVE = Set.of(
            MessageConst.PROPERTY_RECONSUME_TIME,
            MessageConst.PROPERTY_MAX_RECONSUME_TIMES,
            MessageConst.PROPERTY_DELAY_TIME_LEVEL,
            MessageConst.PROPERTY_REAL_TOPIC,
            MessageConst.PROPERTY_REAL_QUEUE_ID,
            MessageConst.PROPERTY_CONSUME_START_TIMESTAMP);

    /** Failure reasons if the client found no broker, or no broker answered. */
    private static final Set<Reason> ABSENCE = Set.of(Reason.UNAVAILABLE, Reason.TIMEOUT, Reason.TOPIC_NOT_FOUND);

    private final RocketMqAdmin admin;
    private final TopicLookup topics;
    private final QueueReader reader;
    private final RocketMqPublisher publisher;
    private final CompressedBodies bodies;

    RocketMqDeadLetters(
            RocketMqAdmin admin,
            TopicLookup topics,
            QueueReader reader,
            RocketMqPublisher publisher,
            CompressedBodies bodies) {
        this.topics = topics;
        this.bodies = bodies;
        this.admin = admin;
        this.reader = reader;
        this.publisher = publisher;
    }

    @Override
    public Ranges ranges(ConsumerGroup group) {
        return translated(() -> {
            var brokers = topics.scattered(group.deadLetterTopic());
            var found = new TreeMap<String, Range>();
            var silent = new TreeSet<>(brokers.away());
            for (var broker : brokers.there()) {
                var name = broker.getBrokerName();
                var address = broker.selectBrokerAddr();
                if (address == null) {
                    silent.add(name);
                    continue;
                }
                try {
                    found.put(name, range(queue(group, name), address));
                } catch (RemotingException e) {
                    LOG.debugf(e, "dead letters could not be read group=%s broker=%s", group, name);
                    silent.add(name);
                }
            }
            if (found.isEmpty() && !silent.isEmpty()) {
                throw TopicLookup.noAnswerFrom(silent);
            }
            return new Ranges(found, List.copyOf(silent));
        });
    }

    private Range range(MessageQueue queue, String address)
            throws RemotingException, InterruptedException, MQBrokerException {
        return new Range(admin.minOffset(queue, address), admin.maxOffset(queue, address));
    }

    @Override
    public List<DeadLetter> read(ConsumerGroup group, String brokerName, long offset, int limit) {
        return translated(() -> {
            var address = admin.route(group.deadLetterTopic())
                    .flatMap(route -> RocketMqAdmin.master(route, brokerName))
                    .orElseThrow(() -> TopicLookup.noAnswerFrom(List.of(brokerName)));
            return reader.read(group.value(), queue(group, brokerName), address, offset, limit).stream()
                    .map(message -> deadLetter(message, brokerName))
                    .toList();
        });
    }

    private DeadLetter deadLetter(MessageExt wire, String brokerName) {
        return new DeadLetter(
                new ReceivedMessage(
                        RocketMqMessages.id(wire),
                        Optional.ofNullable(wire.getProperty(MessageConst.PROPERTY_RETRY_TOPIC))
                                .map(admin::withoutNamespace)
                                .orElse(wire.getTopic()),
                        wire.getBody() == null ? new byte[0] : wire.getBody(),
                        RocketMqMessages.tag(wire),
                        RocketMqMessages.keys(wire),
                        RocketMqMessages.messageGroup(wire),
                        RocketMqMessages.userProperties(wire),
                        Instant.ofEpochMilli(wire.getBornTimestamp()),
                        Math.max(1, wire.getReconsumeTimes()),
                        Optional.empty(),
                        bodies.fault(wire)),
                brokerName,
                wire.getQueueOffset(),
                Instant.ofEpochMilli(wire.getStoreTimestamp()),
                wire);
    }

    @Override
    public void redrive(String retryTopic, DeadLetter letter) {
        var dead = (MessageExt) letter.source();
        var again = new Message(retryTopic, dead.getBody());
        dead.getProperties().forEach((name, value) -> {
            if (!REMOVED_FOR_REDRIVE.contains(name)) {
                MessageAccessor.putProperty(again, name, value);
            }
        });
        again.setFlag(dead.getFlag());
        translated(() -> send(again, letter.brokerName()));
    }

    /** Sends the message to the broker with the dead letter, because this broker has just answered. */
    private SendResult send(Message again, String brokerName)
            throws RemotingException, InterruptedException, MQBrokerException, MQClientException {
        try {
            return publisher.sendAsItIs(again, brokerName);
        } catch (MQClientException e) {
            // The type of the exception does not show whether the message or the broker is the cause.
            if (ABSENCE.contains(RocketMqErrors.translate(e).reason())) {
                throw new SourceUnavailableException("no answer from " + brokerName, e);
            }
            throw e;
        }
    }

    private static MessageQueue queue(ConsumerGroup group, String brokerName) {
        return new MessageQueue(group.deadLetterTopic(), brokerName, ITS_ONLY_QUEUE);
    }
}
