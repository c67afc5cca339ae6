package dev.rocketgateway.rocketmq.look;

import static dev.rocketgateway.rocketmq.admin.AdminErrors.translated;

import dev.rocketgateway.deliver.MessageSource.Filter;
import dev.rocketgateway.look.MessageFinder;
import dev.rocketgateway.look.StoredMessage;
import dev.rocketgateway.message.ConsumerGroup;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.admin.RocketMqAdmin;
import dev.rocketgateway.rocketmq.admin.TopicLookup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.rocketmq.common.message.MessageConst;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;

/**
 * Finds messages with the index of the brokers, or by their offset id.
 *
 * <pre>
 * byId ─▶ index of the topic ─▶ index of scheduled messages ─▶ offset id, on a broker of the topic ─▶ not found
 * </pre>
 * Thread-safe; blocks.
 */
@ApplicationScoped
class RocketMqMessageFinder implements MessageFinder {

    /** The topics in which brokers keep messages until they are due: of the timer, and of delay levels. */
    private static final List<String> SCHEDULED = List.of("rmq_sys_wheel_timer", "SCHEDULE_TOPIC_XXXX");

    private final RocketMqAdmin admin;
    private final TopicLookup topics;
    private final MessageIndex index;
    private final StoredPlace places;
    private final StoredMessages messages;
    private final GroupCopies copies;

    RocketMqMessageFinder(
            RocketMqAdmin admin,
            TopicLookup topics,
            MessageIndex index,
            StoredPlace places,
            StoredMessages messages,
            GroupCopies copies) {
        this.admin = admin;
        this.topics = topics;
        this.index = index;
        this.places = places;
        this.messages = messages;
        this.copies = copies;
    }

    @Override
    public boolean exists(TopicName topic) {
        return translated(() -> topics.exists(topic));
    }

    @Override
    public Found byId(TopicName topic, String id) {
        return translated(() -> {
            var located = topics.locate(topic);
            var brokers = addresses(located.route().getBrokerDatas());
            var found = index.byId(topic.value(), id, brokers);
            if (!found.messages().isEmpty()) {
                // If a producer retries a send, the broker stores a second message with the same id.
                return new Found(List.of(messages.of(newest(found.messages()), topic.value())), Set.of());
            }
            var silent = new TreeSet<>(located.away());
            silent.addAll(found.silent());
            for (var scheduled : SCHEDULED) {
                var waiting = index.byId(scheduled, id, brokers).messages().stream()
                        .filter(message -> isFor(topic, message))
                        .toList();
                if (!waiting.isEmpty()) {
                    return new Found(List.of(messages.scheduled(newest(waiting), topic.value())), Set.of());
                }
            }
            return places.find(topic, id, brokers)
                    .map(message -> new Found(List.of(messages.of(message, topic.value())), Set.of()))
                    .orElseGet(() -> new Found(List.of(), silent));
        });
    }

    private boolean isFor(TopicName topic, MessageExt scheduled) {
        var real = scheduled.getProperty(MessageConst.PROPERTY_REAL_TOPIC);
        return real != null
                && admin.withoutNamespace(real).equals(topic.value())
                && scheduled.getProperty(MessageConst.PROPERTY_TIMER_DEL_UNIQKEY) == null;
    }

    private static MessageExt newest(Collection<MessageExt> some) {
        return some.stream()
                .max(Comparator.comparingLong(MessageExt::getStoreTimestamp))
                .orElseThrow();
    }

    @Override
    public Found byKey(TopicName topic, String key, Instant from, Instant to, int limit) {
        return translated(() -> {
            var located = topics.locate(topic);
            var brokers = addresses(located.route().getBrokerDatas());
            var found = index.byKey(topic.value(), key, from.toEpochMilli(), to.toEpochMilli(), MOST, brokers);
            var silent = new TreeSet<>(located.away());
            silent.addAll(found.silent());
            return new Found(
                    found.messages().stream()
                            .filter(message -> message.getStoreTimestamp() >= from.toEpochMilli()
                                    && message.getStoreTimestamp() <= to.toEpochMilli())
                            .sorted(Comparator.comparingLong(MessageExt::getStoreTimestamp)
                                    .thenComparingLong(MessageExt::getQueueOffset)
                                    .reversed())
                            .limit(limit)
                            .map(message -> messages.of(message, topic.value()))
                            .toList(),
                    silent);
        });
    }

    @Override
    public GroupProgress progress(
            TopicName topic, StoredMessage stored, ConsumerGroup group, String retryTopic, Filter filter) {
        return translated(() -> {
            var located = topics.locate(topic);
            var all = new TreeMap<>(addresses(located.route().getBrokerDatas()));
            admin.cluster()
                    .map(RocketMqAdmin::brokers)
                    .map(RocketMqMessageFinder::addresses)
                    .ifPresent(all::putAll);
            return copies.progress(topic, stored, group, retryTopic, filter, all);
        });
    }

    /** The addresses of brokers by their names; brokers without an address are left out. */
    private static Map<String, String> addresses(Collection<BrokerData> brokers) {
        var addresses = new TreeMap<String, String>();
        for (var broker : brokers) {
            Stream.ofNullable(broker.selectBrokerAddr())
                    .forEach(address -> addresses.put(broker.getBrokerName(), address));
        }
        return addresses;
    }
}
