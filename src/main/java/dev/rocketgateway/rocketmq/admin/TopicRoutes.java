package dev.rocketgateway.rocketmq.admin;

import com.github.benmanes.caffeine.cache.AsyncCacheLoader;
import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.rocketgateway.publish.SendFailedException;
import dev.rocketgateway.publish.SendFailedException.Reason;
import dev.rocketgateway.rocketmq.RocketMqConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.rocketmq.client.exception.MQBrokerException;
import org.apache.rocketmq.client.impl.factory.MQClientInstance;
import org.apache.rocketmq.common.attribute.TopicMessageType;
import org.apache.rocketmq.common.message.MessageQueue;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Caches the routes of topics, so that a typo in a URL gets an answer immediately, without the client's three tries.
 *
 * <p>A found route is used until a broker says that the topic is gone, and is looked up again in the background. A missing route is
 * looked up again after a short time. {@link TopicLookup} decides whether "no route" means a missing topic.
 *
 * <p>Thread-safe; never blocks the caller.
 */
@Singleton
public class TopicRoutes {

    private static final Logger LOG = Logger.getLogger(TopicRoutes.class);

    private static final int MAX_TOPICS = 10_000;

    /** The result of a route lookup. */
    public sealed interface Route {

        /**
         * The topic accepts messages.
         *
         * @param queues the queues; at least one
         * @param declaredType the declared type of message, if there is one and the broker says it
         */
        record Found(List<MessageQueue> queues, Optional<TopicMessageType> declaredType) implements Route {

            private Set<String> brokers() {
                return queues.stream().map(MessageQueue::getBrokerName).collect(Collectors.toSet());
            }
        }

        /** Brokers answer, but none has the topic. */
        record Missing() implements Route {}

        /** It is unknown whether the topic exists, because a broker that may have it is away. Never cached. */
        record Unknown() implements Route {}
    }

    private final TopicLookup lookup;
    private final DeclaredTypes types;
    private final BrokerHealth health;
    private final BrokerVersions versions;
    private final AsyncLoadingCache<String, Route> cache;
    private volatile Consumer<String> introduction = topic -> {};

    @Inject
    TopicRoutes(
            TopicLookup lookup,
            RocketMqAdmin admin,
            RocketMqConfig config,
            BrokerHealth health,
            BrokerVersions versions,
            RouteThreads threads) {
        this(
                lookup,
                admin::declaredType,
                new Times(config.routeRefresh(), config.missingRouteTtl(), Ticker.systemTicker()),
                health,
                versions,
                threads);
    }

    TopicRoutes(
            TopicLookup lookup,
            DeclaredTypes types,
            Times times,
            BrokerHealth health,
            BrokerVersions versions,
            Executor threads) {
        this.lookup = lookup;
        this.versions = versions;
        this.health = health;
        this.types = types;
        this.cache = Caffeine.newBuilder()
                .maximumSize(MAX_TOPICS)
                // By default the cache wakes another thread for its upkeep after every 16 reads, and after each write.
                .executor(Runnable::run)
                .ticker(times.clock())
                .refreshAfterWrite(times.refresh())
                .expireAfter(Expiry.<String, Route>writing((topic, route) -> lifetime(route, times.missing())))
                .buildAsync(new Loader(threads));
    }

    /** Asks a broker for which type of message a topic is declared. */
    interface DeclaredTypes {

        Optional<TopicMessageType> of(String topic, String brokerAddress)
                throws RemotingException, InterruptedException, MQBrokerException;
    }

    /**
     * @param refresh age at which a found route is looked up again
     * @param missing how long a missing route is kept
     */
    record Times(Duration refresh, Duration missing, Ticker clock) {}

    /**
     * Registers a callback that runs before a topic is first returned as found.
     *
     * @param introduction may block, must not fail
     */
    public void introduceTopicsTo(Consumer<String> introduction) {
        this.introduction = introduction;
    }

    /** The topic's route; fails with {@link SendFailedException} if the lookup fails. */
    public CompletableFuture<Route> of(String topic) {
        return cache.get(topic);
    }

    /** Forgets the topic, because a broker said that it is gone. */
    public void forget(String topic) {
        cache.synchronous().invalidate(topic);
    }

    private static Duration lifetime(Route route, Duration missing) {
        if (route instanceof Route.Unknown) {
            return Duration.ZERO;
        }
        return route instanceof Route.Missing ? missing : Duration.ofDays(1);
    }

    private final class Loader implements AsyncCacheLoader<String, Route> {

        private final Executor threads;

        Loader(Executor threads) {
            this.threads = threads;
        }

        @Override
        public CompletableFuture<Route> asyncLoad(String topic, Executor caller) {
            return CompletableFuture.supplyAsync(() -> introduced(topic, load(topic, null)), threads);
        }

        @Override
        public CompletableFuture<Route> asyncReload(String topic, Route last, Executor caller) {
            return CompletableFuture.supplyAsync(() -> load(topic, last), threads)
                    // The sends show the outage; the old route stays until a lookup succeeds.
                    .thenApply(next -> next instanceof Route.Unknown ? last : next)
                    .exceptionally(unreachable -> last);
        }

        private Route introduced(String topic, Route route) {
            if (route instanceof Route.Found) {
                introduction.accept(topic);
            }
            return route;
        }

        private Route load(String topic, @Nullable Route last) {
            try {
                var answer = lookup.find(topic, last instanceof Route.Found found ? found.brokers() : null);
                if (answer instanceof TopicLookup.Answer.Found found) {
                    versions.askUnknown(found.route().getBrokerDatas(), health);
                    return new Route.Found(queues(topic, found.route()), declaredType(topic, found.route(), last));
                }
                return answer instanceof TopicLookup.Answer.Missing ? new Route.Missing() : new Route.Unknown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new SendFailedException(Reason.UNAVAILABLE, null, false, e);
            } catch (SendFailedException e) {
                throw e;
            } catch (Exception e) {
                // Every failure counts as UNAVAILABLE: only the name server was asked, and the message was not sent.
                throw new SendFailedException(Reason.UNAVAILABLE, null, false, e);
            }
        }
    }

    /**
     * The queues that accept messages.
     *
     * @throws SendFailedException if no broker of the topic accepts messages now, for example during a change of the master
     */
    private static List<MessageQueue> queues(String topic, TopicRouteData route) {
        var queues =
                MQClientInstance.topicRouteData2TopicPublishInfo(topic, route).getMessageQueueList();
        if (queues.isEmpty()) {
            throw new SendFailedException(Reason.UNAVAILABLE);
        }
        return queues;
    }

    /**
     * The declared type of message, from one broker of the topic; all brokers have the same. If this broker does not answer, the
     * last known type counts, because a send must not wait for several brokers.
     */
    private Optional<TopicMessageType> declaredType(String topic, TopicRouteData route, @Nullable Route last)
            throws InterruptedException {
        var avoided = health.avoided();
        var masters = new ArrayList<>(route.getBrokerDatas());
        Collections.shuffle(masters);
        masters.sort(Comparator.comparing(broker -> avoided.contains(broker.getBrokerName())));
        try {
            var address = masters.isEmpty() ? null : masters.get(0).selectBrokerAddr();
            if (address != null) {
                return types.of(topic, address);
            }
        } catch (RemotingException | MQBrokerException notNow) {
            LOG.debugf(
                    notNow, "the broker did not say for which type of message the topic is declared topic=%s", topic);
        }
        return last instanceof Route.Found found ? found.declaredType() : Optional.empty();
    }
}
