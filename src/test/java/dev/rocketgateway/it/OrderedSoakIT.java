package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.OrderLog;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Answer;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** Many messages in order, while the endpoint fails at random, and replicas and the broker die. */
@Isolated("it loads the machine")
class OrderedSoakIT {

    private static final Logger LOG = Logger.getLogger(OrderedSoakIT.class);

    private static final Duration LONG = Duration.ofMinutes(8);
    private static final int GROUPS = 200;
    private static final int PER_GROUP = 100;
    private static final int ALL = GROUPS * PER_GROUP;
    private static final int QUEUES = 8;
    private static final int KILLS = 6;
    private static final int BROKER_KILLS = 2;

    private final OrderLog log = new OrderLog();
    private final Random random = new Random(11);
    private final String topic = "t-" + UUID.randomUUID();

    private Answer answer(Request request) {
        boolean accepts;
        synchronized (random) {
            accepts = random.nextInt(100) > 0;
        }
        log.record(request, accepts);
        return Answer.of(accepts ? 200 : 500);
    }

    @Test
    void keepsTheOrderAndLosesNothing() {
        try (var broker = TestBroker.startWithTimers();
                var endpoint = TestEndpoint.answering(this::answer)) {
            broker.witness().createTopic(topic, QUEUES);
            var replicas = new GatewayProcess[3];
            for (int i = 0; i < replicas.length; i++) {
                replicas[i] = replica(broker, endpoint);
            }
            try {
                await().atMost(LONG)
                        .until(() -> replicas[0].get("/q/health/ready").statusCode() == 200);
                for (int group = 0; group < GROUPS; group++) {
                    OrderedReplicasIT.publish(replicas[group % 3], topic, "g" + group, PER_GROUP);
                }
                disturb(broker, endpoint, replicas);
                await().atMost(LONG).until(() -> log.accepted() == ALL);
            } finally {
                for (var replica : replicas) {
                    replica.close();
                }
                LOG.infof(
                        "ordered accepted=%d failed=%d duplicates=%d miscounted=%d",
                        log.accepted(),
                        log.failed(),
                        log.duplicates(),
                        log.miscounted().size());
            }
        }

        OrderedReplicasIT.assertInOrder(log, GROUPS, PER_GROUP);
        assertThat(log.failed()).isGreaterThan(100);
        assertThat(log.miscounted())
                .as("at most the head of each queue, each time something died")
                .hasSizeLessThanOrEqualTo(QUEUES * (KILLS + BROKER_KILLS));
    }

    private GatewayProcess replica(TestBroker broker, TestEndpoint endpoint) {
        return OrderedReplicasIT.replica(broker, "soak", topic, endpoint).start();
    }

    /** Kills one after the other whenever another part of the messages is delivered. */
    private void disturb(TestBroker broker, TestEndpoint endpoint, GatewayProcess[] replicas) {
        int kills = KILLS + BROKER_KILLS;
        IntStream.range(0, kills).forEach(i -> {
            await().atMost(LONG).until(() -> log.accepted() > (long) ALL * (i + 1) / (kills + 2));
            if (i % 4 == 2) {
                broker.killBroker();
                broker.restartBroker();
            } else {
                replicas[i % 3].process().kill();
                replicas[i % 3] = replica(broker, endpoint);
            }
        });
    }
}
