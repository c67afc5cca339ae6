package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.SyslogNg;
import dev.rocketgateway.testing.TestBroker;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** syslog-ng with the configuration of the documentation; {@code src/test/logs/run} names program and scratch directory. */
@EnabledIfSystemProperty(named = "syslog-ng", matches = ".+", disabledReason = "src/test/logs/run runs it")
@Isolated("it loads the machine")
class LogShippingIT {

    private static final Logger LOG = Logger.getLogger(LogShippingIT.class);

    private static final Path PROGRAM = Path.of(System.getProperty("syslog-ng", "syslog-ng"));
    private static final Path SCRATCH = Path.of(System.getProperty("syslog-ng.scratch", ""));
    private static final int LINES = 20_000;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private TestBroker broker;
    private GatewayProcess gateway;
    private String topic;

    @BeforeEach
    void start() {
        broker = TestBroker.start();
        topic = broker.newTopic();
        gateway = GatewayProcess.connectedTo(broker).start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync", "async"})
    void storesEveryLineOnce(String mode) {
        var sent = lines(0, LINES);
        Duration took;
        try (var shipper = SyslogNg.start(PROGRAM, SCRATCH, gateway, topic, mode)) {
            long began = System.nanoTime();
            shipper.log(sent);
            awaiting(shipper).until(() -> shipper.written() == LINES);
            took = Duration.ofNanos(System.nanoTime() - began);
        }

        var stored = stored();
        report(mode, took, stored);
        assertThat(stored).containsOnlyKeys(sent);
        assertThat(stored.values()).allSatisfy(ids -> assertThat(ids).hasSize(1));
    }

    @Test
    void storesNothingOneWayThatWasNotSent() {
        var sent = lines(0, LINES);
        Duration took;
        try (var shipper = SyslogNg.start(PROGRAM, SCRATCH, gateway, topic, "oneway")) {
            long began = System.nanoTime();
            shipper.log(sent);
            // One-way promises no number to wait for, so the gateway sends what it has, and the broker comes to rest.
            awaiting(shipper).until(() -> shipper.written() == LINES);
            took = Duration.ofNanos(System.nanoTime() - began);
            gateway.close();
            var count = new AtomicLong(-1);
            awaiting(shipper)
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> count.get() == count.updateAndGet(before -> broker.count(topic)));
        }

        var stored = stored();
        report("oneway", took, stored);
        assertThat(stored).isNotEmpty();
        assertThat(sent).containsAll(stored.keySet());
    }

    @Test
    void losesNothingWhileTheBrokerIsAway() {
        int part = LINES / 4;
        Duration took;
        try (var shipper = SyslogNg.start(PROGRAM, SCRATCH, gateway, topic, "sync")) {
            long began = System.nanoTime();
            shipper.log(lines(0, part));
            awaiting(shipper).until(() -> broker.count(topic) > 0);
            broker.freezeBroker();
            try {
                shipper.log(lines(part, part));
                awaiting(shipper).until(() -> shipper.output().contains("status_code='504'"));
            } finally {
                broker.thawBroker();
            }
            awaiting(shipper).until(() -> shipper.written() == 2 * part);
            long before = broker.count(topic);

            shipper.log(lines(2 * part, part));
            awaiting(shipper).until(() -> broker.count(topic) > before);
            broker.killBroker();
            shipper.log(lines(3 * part, part));
            awaiting(shipper).until(() -> shipper.output().contains("status_code='503'"));
            broker.restartBroker();
            awaiting(shipper).until(() -> shipper.written() == LINES);
            took = Duration.ofNanos(System.nanoTime() - began);
        }

        var stored = stored();
        report("sync, broker away", took, stored);
        assertThat(stored).containsOnlyKeys(lines(0, LINES));
        // What is stored twice can be told by its id.
        assertThat(stored.values())
                .allSatisfy(ids -> assertThat(Set.copyOf(ids)).hasSize(1));
    }

    /** Lines as logs have them, none like another. */
    private static List<String> lines(int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(number -> "%d \"Zürich\" €🚀\t100%% ok C:\\temp {\"a\":[1]} %s"
                        .formatted(number, "x".repeat(number % 300)))
                .toList();
    }

    /** The ids each line was stored with. */
    private Map<String, List<String>> stored() {
        var stored = new HashMap<String, List<String>>();
        broker.witness().forEachStored(topic, message -> {
            var line = new JsonObject(message.text());
            stored.computeIfAbsent(line.getString("message"), text -> new ArrayList<>())
                    .add(line.getString("id"));
        });
        return stored;
    }

    private static ConditionFactory awaiting(SyslogNg shipper) {
        // A broker that has just come back does not answer each question.
        return await().atMost(LIMIT).ignoreExceptions().failFast(shipper::assertAlive);
    }

    private static void report(String mode, Duration took, Map<String, List<String>> stored) {
        int messages = stored.values().stream().mapToInt(List::size).sum();
        LOG.infof(
                "log shipping mode=%s sent=%d stored=%d duplicates=%d ms=%d",
                mode, LINES, stored.size(), messages - stored.size(), took.toMillis());
    }
}
