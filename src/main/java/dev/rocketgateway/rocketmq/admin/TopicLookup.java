package dev.rocketgateway.rocketmq.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.RocketMqConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.client.exception.MQClientException;
import org.apache.rocketmq.remoting.exception.RemotingException;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.jspecify.annotations.Nullable;

/**
 * Finds topics, and distinguishes missing topics from topics whose brokers are away (see {@link KnownBrokers}). For both kinds, a
 * name server has no route.
 *
 * <pre>
 * route | brokers that the name server has | a broker that may have the topic is away | the topic
 * ------|----------------------------------|------------------------------------------|---------------
 * yes   |                                  |                                          | is found
 * no    | none                             |                                          | may exist
 * no    | some                             | yes                                      | may exist
 * no    | some                             | no                                       | does not exist
 * no    | it returns no list               |                                          | does not exist
 * </pre>
 * A broker may have a topic if the broker had it when it last answered, or if the topic's brokers are unknown. Thread-safe; blocks.
 */
@Singleton
public class TopicLookup {

    private static final int MAX_TOPICS = 10_000;

    private final NameServer nameServer;
    private final KnownBrokers known;

    /** Names of the brokers that had a topic, by the name of the topic. */
    private final Cache<String, Set<String>> brokersOf;

    @Inject
    TopicLookup(RocketMqAdmin admin, KnownBrokers known, RocketMqConfig config) {
        this(
                new NameServer() {
                    @Override
                    public Optional<TopicRouteData> route(String topic)
                            throws RemotingException, InterruptedException, MQClientException {
                        return admin.route(topic);
                    }

                    @Override
                    public Optional<Set<String>> brokers() throws RemotingException, InterruptedException {
                        return admin.cluster().map(RocketMqAdmin::brokers).map(RocketMqAdmin::names);
                    }
                },
                known,
                config.absentBrokerTtl());
    }

    TopicLookup(NameServer nameServer, KnownBrokers known, Duration memory) {
        this.nameServer = nameServer;
        this.known = known;
        this.brokersOf = Caffeine.newBuilder()
                .maximumSize(MAX_TOPICS)
                .expireAfterAccess(memory)
                .build();
    }

    /** Asks a name server. */
    interface NameServer {

        /** The route; empty if the name server has none. */
        Optional<TopicRouteData> route(String topic) throws RemotingException, InterruptedException, MQClientException;

        /** Names of the brokers; empty if the name server does not list brokers, as in a managed cluster. */
        Optional<Set<String>> brokers() throws RemotingException, InterruptedException;
    }

    /** The result of a lookup. */
    sealed interface Answer {

        /** The topic exists on at least these brokers. */
        record Found(TopicRouteData route) implements Answer {}

        /** The topic does not exist. */
        record Missing() implements Answer {}

        /**
         * It is unknown whether the topic exists.
         *
         * @param away names of brokers that are away and may have the topic; empty if no broker is known
         */
        record Unknown(Set<String> away) implements Answer {}
    }

    /**
     * The answers of the name server.
     *
     * @param route empty if it has none
     * @param away names of known brokers that it does not list
     * @param anyBroker whether it lists any broker; true too if it returns no list
     */
    private record Sight(Optional<TopicRouteData> route, Set<String> away, boolean anyBroker) {}

    /**
     * Looks a topic up.
     *
     * @param had names of brokers that had the topic; null if unknown
     */
    Answer find(String topic, @Nullable Set<String> had)
            throws RemotingException, InterruptedException, MQClientException {
        var route = nameServer.route(topic);
        if (route.isPresent()) {
            return new Answer.Found(route.get());
        }
        var sight = look(topic);
        if (sight.route().isPresent()) {
            return new Answer.Found(sight.route().get());
        }
        var away = new TreeSet<>(sight.away());
        if (had != null) {
            away.retainAll(had);
        }
        return sight.anyBroker() && away.isEmpty() ? new Answer.Missing() : new Answer.Unknown(away);
    }

    /**
     * Asks for the brokers first, then for the route. A broker that registers in between must not count as a broker without the
     * topic.
     */
    private Sight look(String topic) throws RemotingException, InterruptedException, MQClientException {
        var present = nameServer.brokers();
        var route = nameServer.route(topic);
        if (present.isEmpty()) {
            return new Sight(route, Set.of(), true);
        }
        var away = known.away(present.get());
        route.ifPresent(found -> away.removeAll(RocketMqAdmin.names(found.getBrokerDatas())));
        return new Sight(route, away, !present.get().isEmpty());
    }

    /**
     * A topic and its brokers.
     *
     * @param away names of brokers that are away and have or may have the topic
     */
    public record Located(TopicRouteData route, Set<String> away) {

        /** The route with all brokers of the topic. Throws a {@link SourceUnavailableException} if a broker is away. */
        public TopicRouteData whole() {
            if (!away.isEmpty()) {
                throw noAnswerFrom(away);
            }
            return route;
        }
    }

    /**
     * Finds a topic and its brokers.
     *
     * @throws SourceUnavailableException if the topic does not exist, or if it is unknown whether it exists
     */
    public Located locate(TopicName topic) throws RemotingException, InterruptedException, MQClientException {
        var name = topic.value();
        var answer = find(name, brokersOf.getIfPresent(name));
        if (answer instanceof Answer.Unknown unknown) {
            throw unknown(topic, unknown.away());
        }
        if (answer instanceof Answer.Found found) {
            return new Located(found.route(), away(name, found.route()));
        }
        brokersOf.invalidate(name);
        throw SourceUnavailableException.noRoute(topic);
    }

    /** Whether the topic exists. */
    public boolean exists(TopicName topic) throws RemotingException, InterruptedException, MQClientException {
        var answer = find(topic.value(), brokersOf.getIfPresent(topic.value()));
        if (answer instanceof Answer.Unknown unknown) {
            throw unknown(topic, unknown.away());
        }
        return answer instanceof Answer.Found;
    }

    private Set<String> away(String topic, TopicRouteData route) throws RemotingException, InterruptedException {
        var there = RocketMqAdmin.names(route.getBrokerDatas());
        var had = brokersOf.getIfPresent(topic);
        var away = new TreeSet<String>();
        if (had == null || !there.containsAll(had)) {
            nameServer.brokers().ifPresent(present -> away.addAll(known.away(present)));
            away.removeAll(there);
            if (had != null) {
                away.retainAll(had);
            }
        }
        var all = new TreeSet<>(there);
        all.addAll(away);
        brokersOf.put(topic, all);
        return away;
    }

    /**
     * The brokers of a topic that can be on any broker, such as a group's dead-letter topic.
     *
     * @throws SourceUnavailableException if no broker is known
     */
    public Scattered scattered(String topic) throws RemotingException, InterruptedException, MQClientException {
        var sight = look(topic);
        if (!sight.anyBroker() && sight.route().isEmpty()) {
            throw noAnswerFrom(sight.away());
        }
        return new Scattered(sight.route().map(TopicRouteData::getBrokerDatas).orElse(List.of()), sight.away());
    }

    /**
     * @param there brokers that have the topic
     * @param away names of brokers that are away and may have the topic
     */
    public record Scattered(List<BrokerData> there, Set<String> away) {}

    /** Throws a {@link SourceUnavailableException} if a known broker is away. */
    public void expectEveryBroker() throws RemotingException, InterruptedException {
        var away = nameServer.brokers().map(known::away).orElse(Set.of());
        if (!away.isEmpty()) {
            throw noAnswerFrom(away);
        }
    }

    /** The exception for brokers that did not answer; an empty collection means that no broker is known. */
    public static SourceUnavailableException noAnswerFrom(Collection<String> brokers) {
        return new SourceUnavailableException(
                brokers.isEmpty() ? "the name server knows no broker" : "no answer from " + String.join(", ", brokers),
                null);
    }

    private static SourceUnavailableException unknown(TopicName topic, Set<String> away) {
        var why = noAnswerFrom(away);
        return new SourceUnavailableException(
                "%s, so it is unknown whether topic %s exists".formatted(why.getMessage(), topic), why);
    }
}
