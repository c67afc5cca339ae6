package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.LoadGenerator;
import dev.rocketgateway.testing.TestBroker;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The one-way flood that fills the client's memory and hangs its shutdown, where nothing bounds it. */
@ResourceLock("the load of the machine")
class OnewayFloodIT {

    private static final Logger LOG = Logger.getLogger(OnewayFloodIT.class);

    private static final int REQUESTS = Integer.getInteger("flood", 100_000);
    private static final int CONNECTIONS = 64;

    /** The default of gateway.shutdown-timeout, and what the JVM needs around it. */
    private static final Duration SHUTDOWN_LIMIT = Duration.ofSeconds(30);

    private static TestBroker broker;

    private GatewayProcess gateway;
    private String topic;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void start() {
        topic = broker.newTopic();
        gateway = GatewayProcess.connectedTo(broker)
                .withJvmOption("-Xmx256m")
                .withJvmOption("-XX:+ExitOnOutOfMemoryError")
                .start();
    }

    @AfterEach
    void stop() {
        gateway.process().kill();
        broker.repair();
    }

    @Test
    void takesAFloodAsFastAsItComes() {
        // So that a machine that stands still for a moment is not taken for a network that takes nothing.
        var load = LoadGenerator.post(
                gateway.root(), "/topics/" + topic + "/messages?mode=oneway&timeout=20s", "x".repeat(1024));

        var answers = load.send(REQUESTS, CONNECTIONS);

        assertThat(answers.keySet()).isSubsetOf(204, 429);
        assertThat(answers.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(REQUESTS);
        assertServing();
        // Not all of them need be stored: a busy broker drops one-way messages.
        LOG.infof("one-way flood answers=%s stored=%d", answers, broker.count(topic));
        assertStopsInTime();
    }

    @Test
    void boundsAFloodToAFrozenBroker() {
        assertThat(gateway.publish(topic, "mode=oneway", "warm").statusCode()).isEqualTo(204);
        broker.freezeBroker();
        var load = LoadGenerator.post(
                gateway.root(), "/topics/" + topic + "/messages?mode=oneway&timeout=1s", "x".repeat(1024));

        var answers = load.send(REQUESTS, CONNECTIONS);

        assertThat(answers.keySet()).isSubsetOf(204, 429);
        assertThat(answers.getOrDefault(429, 0)).isPositive();
        LOG.infof("one-way flood to a frozen broker answers=%s", answers);
        assertThat(gateway.get("/q/health/live").statusCode()).isEqualTo(200);
        assertStopsInTime();
        broker.thawBroker();
    }

    private void assertServing() {
        assertThat(gateway.publish(topic, "", "still there").statusCode()).isEqualTo(200);
        assertThat(gateway.log()).doesNotContain("OutOfMemory");
    }

    private void assertStopsInTime() {
        assertThat(gateway.terminate(SHUTDOWN_LIMIT)).as(gateway.log()).isTrue();
        assertThat(gateway.log()).contains("gateway stopped").doesNotContain("OutOfMemory");
    }
}
