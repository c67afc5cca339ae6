package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is expected is no warning, and a state is one line when it begins and one when it ends. */
class QuietLogIT {

    private static final Duration LONG = Duration.ofSeconds(90);
    private static final Pattern STACK = Pattern.compile("^\\s+at \\S+\\(", Pattern.MULTILINE);

    private static TestBroker broker;

    private final String name = "s-" + Long.toString(System.nanoTime(), 36);

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @AfterEach
    void repairBroker() {
        broker.repair();
    }

    private static List<String> warnings(String log) {
        return log.lines()
                .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                // The gateways of the tests are, and a start says so.
                .filter(line -> !line.contains("the gateway is open"))
                .toList();
    }

    private static void awaitReadiness(GatewayProcess gateway, int status) {
        await().atMost(LONG).until(() -> gateway.get("/q/health/ready").statusCode() == status);
    }

    @Test
    void aLifeOfASubscriptionIsNoWarning() {
        try (var gateway = GatewayProcess.connectedTo(broker).start()) {
            awaitReadiness(gateway, 200);
            int begin = gateway.log().length();
            live(gateway, name + "-alone", "", false);
            live(gateway, name + "-beside", "", true);
            live(gateway, name + "-alone-with-group", "?deleteGroup=true", false);
            live(gateway, name + "-beside-with-group", "?deleteGroup=true", true);
            gateway.terminate(Duration.ofSeconds(30));

            assertThat(warnings(gateway.log().substring(begin))).isEmpty();
            assertThat(STACK.matcher(gateway.log()).find()).isFalse();
        }
    }

    private static void live(GatewayProcess gateway, String name, String query, boolean besideAnother) {
        var topic = broker.newTopic();
        var subscriptions = new Subscriptions(gateway);
        try (var endpoint = TestEndpoint.answering(200)) {
            if (besideAnother) {
                subscriptions.create(name + "-other", topic, endpoint.url() + "other", "");
            }
            subscriptions.create(name, topic, endpoint.url(), "");
            for (int i = 0; i < 8; i++) {
                gateway.publish(topic, "", "x");
            }
            endpoint.await(besideAnother ? 16 : 8);
            subscriptions.act(name, "pause");
            subscriptions.act(name, "resume");
            subscriptions.awaitPhase(name, "RUNNING");
            assertThat(subscriptions.delete(name, query).statusCode()).isEqualTo(204);
            if (besideAnother) {
                // Wakes the pulls that wait at the broker for the consumer that has left.
                for (int i = 0; i < 8; i++) {
                    gateway.publish(topic, "", "y");
                }
                endpoint.await(24);
                subscriptions.delete(name + "-other", "");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"killed", "frozen"})
    void aBrokerThatIsAwayIsALineWhenItGoesAndALineWhenItIsBack(String how) {
        try (var endpoint = TestEndpoint.answering(200);
                var gateway = GatewayProcess.connectedTo(broker).start()) {
            var topic = broker.newTopic();
            awaitReadiness(gateway, 200);
            new Subscriptions(gateway).create(name, topic, endpoint.url(), "");
            int begin = gateway.log().length();

            if (how.equals("killed")) {
                broker.killBroker();
            } else {
                broker.freezeBroker();
            }
            awaitReadiness(gateway, 503);
            for (int i = 0; i < 5; i++) {
                gateway.publish(topic, "timeout=300ms&mode=" + (i % 2 == 0 ? "sync" : "async"), "x");
            }
            if (how.equals("killed")) {
                broker.restartBroker();
            } else {
                broker.thawBroker();
            }
            awaitReadiness(gateway, 200);
            await().atMost(LONG).until(() -> gateway.publish(topic, "", "back").statusCode() == 200);
            await().atMost(LONG).until(() -> endpoint.count() > 0);

            var log = gateway.log().substring(begin);
            assertThat(warnings(log)).as(log).hasSizeLessThanOrEqualTo(4).allSatisfy(line -> assertThat(line)
                    .containsAnyOf("state of RocketMQ changed state=NO_", "broker is slow or does not answer"));
            assertThat(log).contains("RocketMQ changed state=ANSWERING");
            assertThat(STACK.matcher(log).find()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "localhost | 'localhost' has no port",
                "a:9876,b:9876 | separate addresses by",
                "a:port | is not an address"
            })
    void anAddressThatCannotBeOneStopsTheStart(String address, String fault) throws InterruptedException {
        var process = GatewayProcess.builder()
                .with("gateway.rocketmq.namesrv-addr", address)
                .launch();

        await().atMost(LONG).until(() -> !process.isAlive());

        assertThat(process.output()).contains("gateway.rocketmq.namesrv-addr", fault);
    }

    @Test
    void aNameServerThatIsAwayIsOneLine() {
        try (var gateway = GatewayProcess.builder()
                .with("gateway.rocketmq.namesrv-addr", "127.0.0.1:1")
                .start()) {
            await().atMost(LONG).until(() -> gateway.log().contains("state=NO_NAME_SERVER"));
            for (int i = 0; i < 5; i++) {
                gateway.publish("t", "timeout=300ms", "x");
            }

            assertThat(warnings(gateway.log()).stream().filter(line -> !line.contains("Gauge")))
                    .hasSize(1);
            assertThat(STACK.matcher(gateway.log()).find()).isFalse();
        }
    }
}
