package dev.rocketgateway.rocketmq.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.rocketmq.admin.TopicRoutes.Route;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.apache.rocketmq.common.attribute.TopicMessageType;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingConnectException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.QueueData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The clock stands still until a test moves it, and lookups run when a test says so. */
@Timeout(30)
class TopicRoutesTest {

    private static final Duration REFRESH = Duration.ofSeconds(30);
    private static final Duration MISSING = Duration.ofSeconds(1);

    private long now = 5_000_000_000_000L;
    private final Queue<Runnable> threads = new ArrayDeque<>();
    private final List<String> introduced = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private final FakeNameServer nameServer = new FakeNameServer();
    private final BrokerHealth health = new BrokerHealth(Duration.ofSeconds(1), Duration.ofMillis(100), () -> now);
    private Optional<TopicMessageType> declared = Optional.of(TopicMessageType.FIFO);
    private boolean brokersAnswer = true;
    private final TopicRoutes routes = new TopicRoutes(
            new TopicLookup(nameServer, new KnownBrokers(Duration.ofDays(1), () -> now), Duration.ofDays(1)),
            this::declaredType,
            new TopicRoutes.Times(REFRESH, MISSING, () -> now),
            health,
            new SilentVersions(),
            threads::add);

    private Optional<TopicMessageType> declaredType(String topic, String address) throws RemotingException {
        asked.add(address);
        if (!brokersAnswer) {
            throw new RemotingConnectException(address);
        }
        return declared;
    }

    private static final class SilentVersions extends BrokerVersions {

        @SuppressWarnings("NullAway")
        SilentVersions() {
            super(null);
        }

        @Override
        public void askUnknown(Collection<BrokerData> brokers, BrokerHealth health) {}
    }

    /** Has the topic on these brokers, each with as many queues for writing. */
    private static final class FakeNameServer implements TopicLookup.NameServer {

        private Map<String, Integer> queues = Map.of("a", 2);
        private Set<String> brokers = Set.of("a");
        private @Nullable RemotingException failure;
        private int lookups;

        @Override
        public Optional<TopicRouteData> route(String topic) throws RemotingException {
            lookups++;
            if (failure != null) {
                throw failure;
            }
            if (queues.isEmpty()) {
                return Optional.empty();
            }
            var route = new TopicRouteData();
            route.setBrokerDatas(queues.keySet().stream()
                    .map(name -> new BrokerData("cluster", name, new HashMap<>(Map.of(0L, name + ":10911"))))
                    .toList());
            route.setQueueDatas(new ArrayList<>(queues.entrySet().stream()
                    .map(broker -> {
                        var data = new QueueData();
                        data.setBrokerName(broker.getKey());
                        data.setWriteQueueNums(broker.getValue());
                        data.setReadQueueNums(2);
                        data.setPerm(6);
                        return data;
                    })
                    .toList()));
            return Optional.of(route);
        }

        @Override
        public Optional<Set<String>> brokers() {
            return Optional.of(brokers);
        }

        private void hasNot() {
            queues = Map.of();
        }
    }

    private void runLookups() {
        for (var task = threads.poll(); task != null; task = threads.poll()) {
            task.run();
        }
    }

    private Route now() {
        var route = routes.of("orders");
        runLookups();
        return route.join();
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private void refresh() {
        pass(REFRESH.plusSeconds(1));
        now();
    }

    private static List<String> brokers(Route route) {
        assertThat(route).isInstanceOf(Route.Found.class);
        return ((Route.Found) route)
                .queues().stream()
                        .map(MessageQueue::getBrokerName)
                        .distinct()
                        .sorted()
                        .toList();
    }

    private static Optional<TopicMessageType> type(Route route) {
        return ((Route.Found) route).declaredType();
    }

    @Test
    void looksATopicUpOnceForAllWhoAsk() {
        var first = routes.of("orders");
        var second = routes.of("orders");
        assertThat(first).isNotDone();
        runLookups();

        assertThat(brokers(first.join())).containsExactly("a");
        assertThat(second.join()).isEqualTo(first.join());
        assertThat(now()).isEqualTo(first.join());
        assertThat(nameServer.lookups).isEqualTo(1);
        assertThat(type(now())).contains(TopicMessageType.FIFO);
    }

    @Test
    void looksAMissingTopicUpAgainAfterAShortTime() {
        nameServer.hasNot();
        assertThat(now()).isEqualTo(new Route.Missing());
        int lookups = nameServer.lookups;
        nameServer.queues = Map.of("a", 1);
        assertThat(now()).isEqualTo(new Route.Missing());
        assertThat(nameServer.lookups).isEqualTo(lookups);

        pass(MISSING.plusMillis(1));

        assertThat(brokers(now())).containsExactly("a");
    }

    @Test
    void neverKeepsThatATopicIsUnknown() {
        nameServer.hasNot();
        nameServer.brokers = Set.of();
        assertThat(now()).isEqualTo(new Route.Unknown());

        nameServer.queues = Map.of("a", 1);

        assertThat(brokers(now())).containsExactly("a");
    }

    @Test
    void failsWithoutANameServerAndAsksAgainAtOnce() {
        nameServer.failure = new RemotingException("no name server");
        assertThatThrownBy(this::now)
                .hasCauseInstanceOf(SendFailedException.class)
                .satisfies(thrown -> {
                    var failure = (SendFailedException) thrown.getCause();
                    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
                    assertThat(failure.maybeStored()).isFalse();
                });

        nameServer.failure = null;

        assertThat(brokers(now())).containsExactly("a");
    }

    @Test
    void failsWhileNoBrokerOfTheTopicTakesMessages() {
        nameServer.queues = Map.of("a", 0);
        assertThatThrownBy(this::now).hasCauseInstanceOf(SendFailedException.class);

        nameServer.queues = Map.of("a", 1);

        assertThat(brokers(now())).containsExactly("a");
    }

    @Test
    void usesTheOldRouteWhileANewOneIsLookedUp() {
        now();
        nameServer.queues = Map.of("a", 1, "b", 1);
        pass(REFRESH.plusSeconds(1));

        assertThat(brokers(routes.of("orders").join())).containsExactly("a");
        runLookups();

        assertThat(brokers(routes.of("orders").join())).containsExactly("a", "b");
    }

    @Test
    void keepsTheRouteThroughAnOutage() {
        now();
        nameServer.failure = new RemotingException("no name server");
        refresh();
        assertThat(brokers(now())).containsExactly("a");
        nameServer.failure = null;
        nameServer.hasNot();
        nameServer.brokers = Set.of();
        refresh();
        assertThat(brokers(now())).containsExactly("a");
        nameServer.queues = Map.of("a", 0);
        refresh();

        assertThat(brokers(now())).containsExactly("a");
    }

    @Test
    void noticesATopicThatIsDeleted() {
        now();
        nameServer.hasNot();
        refresh();
        assertThat(now()).isEqualTo(new Route.Missing());

        nameServer.queues = Map.of("a", 1);
        pass(MISSING.plusMillis(1));
        assertThat(brokers(now())).containsExactly("a");
        nameServer.hasNot();
        routes.forget("orders");

        assertThat(now()).isEqualTo(new Route.Missing());
    }

    @Test
    void introducesATopicBeforeItIsFirstFoundAndNotAgain() {
        routes.introduceTopicsTo(introduced::add);
        nameServer.hasNot();
        now();
        assertThat(introduced).isEmpty();
        nameServer.queues = Map.of("a", 1);
        pass(MISSING.plusMillis(1));

        routes.of("orders").thenAccept(route -> introduced.add("found"));
        runLookups();
        refresh();
        now();

        assertThat(introduced).containsExactly("orders", "found");
    }

    @Test
    void countsTheLastTypeWhileNoBrokerSaysIt() {
        brokersAnswer = false;
        assertThat(type(now())).isEmpty();
        brokersAnswer = true;
        refresh();
        assertThat(type(now())).contains(TopicMessageType.FIFO);
        brokersAnswer = false;
        refresh();
        assertThat(type(now())).contains(TopicMessageType.FIFO);
        brokersAnswer = true;
        declared = Optional.empty();
        refresh();

        assertThat(type(now())).isEmpty();
    }

    @Test
    void asksABrokerThatAnswersForTheType() {
        nameServer.queues = Map.of("a", 1, "b", 1, "c", 1);
        health.begin("a");
        health.begin("c");
        pass(Duration.ofSeconds(2));

        now();

        assertThat(asked).containsExactly("b:10911");
    }
}
