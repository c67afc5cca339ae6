package dev.rocketgateway.rocketmq.ordered;

import static dev.rocketgateway.rocketmq.admin.AdminErrors.translated;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import dev.rocketgateway.deliver.MessageSource.Consumption;
import dev.rocketgateway.deliver.MessageSource.Filter;
import dev.rocketgateway.deliver.MessageSource.Handler;
import dev.rocketgateway.deliver.MessageSource.Settings;
import dev.rocketgateway.deliver.MessageSource.Settlement;
import dev.rocketgateway.message.LogText;
import dev.rocketgateway.message.ReceivedMessage;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.RocketMqMessages;
import dev.rocketgateway.rocketmq.admin.TopicLookup;
import dev.rocketgateway.rocketmq.client.CompressedBodies;
import dev.rocketgateway.rocketmq.ordered.OrderedConsumption.QueueName;
import dev.rocketgateway.rocketmq.pop.Checkpoint;
import dev.rocketgateway.rocketmq.pop.GroupPositions;
import dev.rocketgateway.rocketmq.pop.PopClient;
import dev.rocketgateway.rocketmq.pop.PopClient.Broker;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.rocketmq.common.constant.PermName;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.jboss.logging.Logger;

/** Starts the consumptions of ordered subscriptions. Thread-safe. */
@ApplicationScoped
public class OrderedSource {

    private static final Logger LOG = Logger.getLogger(OrderedSource.class);

    /** Filter for the retry topic: all its messages are for the group. */
    private static final Filter ALL = new Filter(false, "*");

    private final PopClient pop;
    private final GroupPositions positions;
    private final TopicLookup topics;
    private final CompressedBodies bodies;
    private final ExecutorService threads = Executors.newCachedThreadPool(named("gateway-ordered"));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(named("gateway-ordered-timer"));

    OrderedSource(PopClient pop, GroupPositions positions, TopicLookup topics, CompressedBodies bodies) {
        this.positions = positions;
        this.pop = pop;
        this.topics = topics;
        this.bodies = bodies;
    }

    private static ThreadFactory named(String name) {
        return new ThreadFactoryBuilder().setNameFormat(name).setDaemon(true).build();
    }

    @PreDestroy
    void stop() {
        threads.shutdownNow();
        timer.shutdownNow();
    }

    /**
     * Starts a consumption on brokers on which the group is prepared.
     *
     * @param route route of the topic
     * @param setUp prepares the group on all brokers of the topic that answer, except the given ones; returns the names of all
     *     prepared brokers
     * @param ready names of the brokers on which the group is ready
     */
    public Consumption start(
            Settings settings,
            Handler handler,
            TopicRouteData route,
            UnaryOperator<Set<String>> setUp,
            Set<String> ready) {
        return new Start(settings, handler, setUp, ready).started(route);
    }

    /** Creates one consumption and its queues, and has the state that the queues share. */
    private final class Start {

        private final Settings settings;
        private final Handler handler;
        private final UnaryOperator<Set<String>> setUp;
        private final Map<String, Broker> brokers = new ConcurrentHashMap<>();
        private final Turns turns;
        private Set<String> ready;

        Start(Settings settings, Handler handler, UnaryOperator<Set<String>> setUp, Set<String> ready) {
            this.settings = settings;
            this.handler = handler;
            this.setUp = setUp;
            this.ready = ready;
            this.turns = new Turns(settings.callsAtFirst());
        }

        Consumption started(TopicRouteData route) {
            var consumption = new OrderedConsumption(this::look, this::queue, turns);
            consumption.serve(queues(route));
            return consumption;
        }

        private Set<QueueName> look() {
            ready = setUp.apply(ready);
            return queues(translated(() -> topics.locate(settings.topic()).route()));
        }

        /** The queues of the brokers on which the group is ready. */
        private Set<QueueName> queues(TopicRouteData route) {
            for (var broker : route.getBrokerDatas()) {
                var address = broker.selectBrokerAddr();
                if (address != null && ready.contains(broker.getBrokerName())) {
                    brokers.put(broker.getBrokerName(), new Broker(broker.getBrokerName(), address));
                }
            }
            return route.getQueueDatas().stream()
                    .filter(queues -> PermName.isReadable(queues.getPerm()))
                    .filter(queues -> brokers.containsKey(queues.getBrokerName()))
                    .flatMap(queues -> Stream.concat(
                            IntStream.range(0, queues.getReadQueueNums())
                                    .mapToObj(id -> new QueueName(queues.getBrokerName(), id, false)),
                            Stream.of(new QueueName(queues.getBrokerName(), 0, true))))
                    .collect(Collectors.toSet());
        }

        private OrderedQueue queue(QueueName queue) {
            var topic = queue.retry()
                    ? new TopicName(settings.group().leaseRetryTopic(settings.topic()))
                    : settings.topic();
            var from = new PopClient.Selection(
                    settings.group(), topic, queue.retry() ? ALL : settings.filter(), queue.queueId(), true);
            return new OrderedQueue(
                    settings.topic() + "/" + queue,
                    new PopQueueCalls(pop, positions, () -> brokers.get(queue.brokerName()), from, settings.topic()),
                    turns,
                    timer,
                    new Deliveries(threads, (message, held) -> deliver(message, held, queue)));
        }

        private Settlement deliver(MessageExt message, HeldMessage held, QueueName queue) {
            try {
                return handler.handle(List.of(received(message, queue)), held).get(0);
            } catch (Throwable bug) {
                LOG.errorf(
                        bug,
                        "delivery failed because of a bug in the gateway, the message will be retried topic=%s messageId=%s"
                                + " group=%s",
                        settings.topic(),
                        LogText.value(message.getMsgId()),
                        settings.group());
                return new Settlement.Redeliver(Optional.empty());
            }
        }

        private ReceivedMessage received(MessageExt message, QueueName queue) {
            var received = RocketMqMessages.toReceived(message, settings.topic().value(), bodies.fault(message));
            return queue.retry()
                    ? received
                    : received.at(new ReceivedMessage.Position(
                            queue.brokerName(),
                            queue.queueId(),
                            Checkpoint.of(message).offset()));
        }
    }
}
