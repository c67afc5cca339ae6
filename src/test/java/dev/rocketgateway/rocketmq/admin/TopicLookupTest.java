package dev.rocketgateway.rocketmq.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rocketgateway.deliver.MessageSource.SourceUnavailableException;
import dev.rocketgateway.message.TopicName;
import dev.rocketgateway.rocketmq.admin.TopicLookup.Answer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.rocketmq.remoting.protocol.route.BrokerData;
import org.apache.rocketmq.remoting.protocol.route.TopicRouteData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicLookupTest {

    private static final TopicName TOPIC = new TopicName("orders");

    private final KnownBrokers known = new KnownBrokers(Duration.ofDays(1), System::nanoTime);
    private final FakeNameServer nameServer = new FakeNameServer();
    private final TopicLookup lookup = new TopicLookup(nameServer, known, Duration.ofDays(1));

    /** Brokers are separated by spaces; what is null it does not say. */
    private final class FakeNameServer implements TopicLookup.NameServer {

        private @Nullable String route;
        private @Nullable String brokers = "";
        private Runnable betweenTheQuestions = () -> {};

        @Override
        public Optional<TopicRouteData> route(String topic) {
            var told = Optional.ofNullable(route).map(TopicLookupTest::routeOver);
            betweenTheQuestions.run();
            return told;
        }

        @Override
        public Optional<Set<String>> brokers() {
            return Optional.ofNullable(brokers).map(TopicLookupTest::names);
        }
    }

    private static Set<String> names(String text) {
        return text.isEmpty() ? Set.of() : new TreeSet<>(Arrays.asList(text.split(" ")));
    }

    private static TopicRouteData routeOver(String brokers) {
        var route = new TopicRouteData();
        route.setBrokerDatas(names(brokers).stream()
                .map(name -> new BrokerData("cluster", name, new HashMap<>()))
                .toList());
        return route;
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // route, told of, known, had it, answer
                "a,  a,   a,   -,   Found",
                "a,  '',  a b, -,   Found",
                "-,  '',  '',  -,   Unknown",
                "-,  '',  a,   -,   Unknown",
                "-,  '',  a b, a,   Unknown",
                "-,  a,   a b, -,   Unknown",
                "-,  a,   a b, b,   Unknown",
                "-,  a,   a b, a b, Unknown",
                "-,  a,   a,   -,   Missing",
                "-,  a b, a b, b,   Missing",
                "-,  a,   a b, a,   Missing",
                "-,  -,   a,   -,   Missing"
            })
    void aTopicIsMissingOnlyWhereEveryBrokerThatMayHaveItIsThere(
            @Nullable String route, @Nullable String brokers, String knownBrokers, @Nullable String had, String answer)
            throws Exception {
        known.seen(names(knownBrokers));
        nameServer.route = route;
        nameServer.brokers = brokers;

        assertThat(lookup.find("orders", had == null ? null : names(had))
                        .getClass()
                        .getSimpleName())
                .isEqualTo(answer);
    }

    @Test
    void aBrokerThatRegistersBetweenTheQuestionsDoesNotLackTheTopic() throws Exception {
        known.seen(Set.of("a"));
        nameServer.betweenTheQuestions = () -> {
            nameServer.route = "a";
            nameServer.brokers = "a";
        };

        assertThat(lookup.find("orders", null)).isInstanceOf(Answer.Found.class);
    }

    @Test
    void brokersThatHadTheTopicAreLackingUntilTheyAreBackOrLackTheTopic() throws Exception {
        known.seen(Set.of("a", "b", "c"));
        nameServer.route = "a b";
        nameServer.brokers = "a b c";
        assertThat(lookup.locate(TOPIC).away()).isEmpty();

        nameServer.route = "a";
        nameServer.brokers = "a";
        assertThat(lookup.locate(TOPIC).away()).containsExactly("b");
        assertThatThrownBy(() -> lookup.locate(TOPIC).whole())
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessage("no answer from b");

        nameServer.brokers = "a b";
        assertThat(lookup.locate(TOPIC).away())
                .as("somebody has deleted it there")
                .isEmpty();
    }

    @Test
    void aTopicThatIsFirstFoundWhileABrokerIsAwayMayBeThereToo() throws Exception {
        known.seen(Set.of("a", "b"));
        nameServer.route = "a";
        nameServer.brokers = "a";

        assertThat(lookup.locate(TOPIC).away()).containsExactly("b");
        assertThat(lookup.locate(TOPIC).away()).containsExactly("b");
    }

    @Test
    void aTopicThatIsMissingIsTheCallersMistakeAndOneThatNobodyCanFindIsNot() {
        known.seen(Set.of("a", "b"));
        nameServer.brokers = "a b";
        assertThatThrownBy(() -> lookup.locate(TOPIC))
                .isInstanceOfSatisfying(SourceUnavailableException.class, e -> assertThat(e.isRefused())
                        .isTrue());

        nameServer.brokers = "a";
        assertThatThrownBy(() -> lookup.locate(TOPIC))
                .hasMessage("no answer from b, so it is unknown whether topic orders exists")
                .isInstanceOfSatisfying(SourceUnavailableException.class, e -> assertThat(e.isRefused())
                        .isFalse());
        assertThatThrownBy(() -> lookup.exists(TOPIC)).isInstanceOf(SourceUnavailableException.class);
    }

    @Test
    void deadLettersMayBeOnEveryBroker() throws Exception {
        known.seen(Set.of("a", "b"));
        nameServer.route = "a";
        nameServer.brokers = "a b";
        assertThat(lookup.scattered("%DLQ%g").away()).isEmpty();

        nameServer.brokers = "a";
        assertThat(lookup.scattered("%DLQ%g").away()).containsExactly("b");

        nameServer.route = null;
        nameServer.brokers = "";
        assertThatThrownBy(() -> lookup.scattered("%DLQ%g")).hasMessage("no answer from a, b");
    }
}
