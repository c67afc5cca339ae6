package dev.rocketgateway.it;

import static dev.rocketgateway.it.RefusalsIT.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list of topics: all of the cluster but those of RocketMQ itself, in pages. */
class TopicListIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private final GatewayProcess gateway = GatewayProcess.shared();

    private List<String> all(int limit) {
        var all = new ArrayList<String>();
        @Nullable String after = "";
        while (after != null) {
            var page = Subscriptions.json(gateway.get("/topics?limit=%d&after=%s".formatted(limit, after)), 200);
            assertThat(page.get("items")).hasSizeLessThanOrEqualTo(limit);
            StreamSupport.stream(page.get("items").spliterator(), false)
                    .map(item -> item.get("topic").textValue())
                    .forEach(all::add);
            after = page.path("next").textValue();
        }
        return all;
    }

    @Test
    void listsTopicsByNameInPagesWithoutThoseOfRocketMq() {
        var topics = new TreeSet<String>();
        for (int i = 0; i < 5; i++) {
            topics.add(BROKER.newTopic());
        }
        // A group makes a retry topic.
        BROKER.stored(topics.first());

        assertThat(all(2)).isSorted().doesNotHaveDuplicates().containsAll(topics);
        assertThat(all(1000))
                .containsAll(topics)
                .noneMatch(name -> name.startsWith("%") || name.startsWith("rmq_sys") || name.contains("broker-a"))
                .doesNotContain("TBW102", "SCHEDULE_TOPIC_XXXX", "DefaultCluster", "DefaultCluster_REPLY_TOPIC");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                limit=0          | limit: must be from 1 to 1000
                limit=1001       | limit: must be from 1 to 1000
                limit=x          | limit: must be from 1 to 1000
                limit=1&limit=2  | limit: is given twice
                size=1           | size: is not a parameter of this operation
                """)
    void refusesOtherParameters(String query, String detail) {
        var answer = gateway.get("/topics?" + query);

        assertProblem(answer, 400, "invalid-request", false);
        assertThat(answer.body()).contains(detail);
    }
}
