package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.HaProxy;
import dev.rocketgateway.testing.HaProxy.Ports;
import dev.rocketgateway.testing.ReliabilityTable;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestPostgres;
import dev.rocketgateway.testing.Traffic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.rocketmq.common.message.MessageQueue;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Three replicas on one PostgreSQL behind HAProxy, with two brokers and load in both directions, while everything fails in turn. What
 * callers and endpoints see of each fault is printed, and written to {@code docs/reliability.md} by {@code src/test/replicas/run}.
 */
@Isolated("it loads the machine")
class ReplicasIT {

    private static final Logger LOG = Logger.getLogger(ReplicasIT.class);

    private static final Duration LONG = Duration.ofMinutes(3);
    private static final Duration OUTAGE = Duration.ofSeconds(10);
    private static final int RATE = Integer.getInteger("replicas.rate", 100);
    private static final int STOPS = Integer.getInteger("replicas.stops", 3);
    private static final int KILLS = Integer.getInteger("replicas.kills", 2);
    /** How long to look for effects after a fault has ended. Consumers share their queues anew every 20 s. */
    private static final Duration SETTLE = Duration.ofSeconds(Integer.getInteger("replicas.settle", 2));

    /** Repeats all faults until so many messages are acknowledged. */
    private static final int MESSAGES = Integer.getInteger("replicas.messages", 0);

    private static final String NAME = "billing";

    @TempDir
    Path directory;

    private final List<Ports> ports =
            IntStream.range(0, 3).mapToObj(i -> Ports.free()).toList();
    private final GatewayProcess[] replicas = new GatewayProcess[3];
    private final ReliabilityTable table = new ReliabilityTable();
    private TestBroker first;
    private TestBroker second;
    private TestPostgres postgres;
    private String database;
    private HaProxy proxy;
    private Traffic traffic;
    private String topic;

    @BeforeEach
    void start() {
        assumeTrue(HaProxy.isInstalled(), "HAProxy is not installed");
        first = TestBroker.start();
        second = first.another("broker-b");
        topic = first.newTopic();
        await().atMost(LONG)
                .until(() -> first.witness().queues(topic).stream()
                                .map(MessageQueue::getBrokerName)
                                .distinct()
                                .count()
                        == 2);
        postgres = TestPostgres.start();
        database = postgres.newDatabase();
        for (int i = 0; i < replicas.length; i++) {
            replicas[i] = replica(i);
        }
        proxy = HaProxy.start(directory, ports);
        traffic = new Traffic(proxy.url());
        create();
        traffic.publish(topic, RATE);
        await().atMost(LONG).until(() -> traffic.acknowledged() > RATE && traffic.isCaughtUp(RATE));
    }

    @AfterEach
    void stop() {
        for (var closeable :
                new AutoCloseable[] {traffic, proxy, replicas[0], replicas[1], replicas[2], postgres, second, first}) {
            if (closeable != null) {
                try {
                    closeable.close();
                } catch (Exception e) {
                    LOG.warn("cannot be closed", e);
                }
            }
        }
    }

    private GatewayProcess replica(int number) {
        return GatewayProcess.connectedTo(first)
                .with("quarkus.http.port", ports.get(number).http())
                .with("quarkus.management.port", ports.get(number).management())
                // As by default, which tests shorten.
                .with("quarkus.shutdown.delay", "3s")
                .with("gateway.store.url", database)
                .with("gateway.store.username", postgres.user())
                .with(
                        "gateway.store.encryption-keys",
                        "k:" + Base64.getEncoder().encodeToString(new byte[32]))
                .start();
    }

    private static boolean isReady(GatewayProcess replica) {
        return replica.get("/q/health/ready").statusCode() == 200;
    }

    private void awaitReady() {
        for (var replica : replicas) {
            await().atMost(LONG).until(() -> isReady(replica));
        }
    }

    private void create() {
        awaitReady();
        // A broker that was frozen can list members for two minutes whose connections are closed: the group is in use
        // until then.
        await().atMost(LONG).untilAsserted(() -> new Subscriptions(replicas[0])
                .createFromEarliest(
                        NAME,
                        topic,
                        traffic.endpoint(),
                        "source.consumerGroup",
                        "GW-" + topic,
                        "source.filter.expression",
                        "a"));
        for (var replica : replicas) {
            await().atMost(LONG)
                    .until(() -> replica.get("/subscriptions/" + NAME).statusCode() == 200);
            new Subscriptions(replica).awaitPhase(NAME, "RUNNING");
        }
    }

    /** Lets a fault happen, waits until all is as before, and records what it did. */
    private void during(String fault, Runnable happening) {
        traffic.account();
        happening.run();
        awaitReady();
        letPass(SETTLE);
        await().atMost(LONG).until(() -> traffic.isCaughtUp(RATE));
        var account = traffic.account();
        LOG.infof(
                "replicas fault=%s failed=%d %s duplicates=%d publishGap=%dms deliveryGap=%dms",
                fault,
                account.failures(),
                account.failed(),
                account.duplicates(),
                account.publishGap().toMillis(),
                account.deliveryGap().toMillis());
        table.add(fault, account);
    }

    private void stopInTurn() {
        for (int i = 0; i < STOPS; i++) {
            int number = i % replicas.length;
            assertThat(replicas[number].terminate(Duration.ofSeconds(60))).isTrue();
            replicas[number] = replica(number);
            awaitReady();
        }
    }

    private void killInTurn() {
        for (int i = 0; i < KILLS; i++) {
            int number = i % replicas.length;
            replicas[number].process().kill();
            replicas[number] = replica(number);
            awaitReady();
        }
    }

    /** Waits until as many messages are published as belong to the time. */
    private void letPass(Duration time) {
        int until = traffic.acknowledged() + (int) (RATE * time.toSeconds());
        await().atMost(LONG).until(() -> traffic.acknowledged() >= until);
    }

    private void storeAway() {
        postgres.stop();
        letPass(OUTAGE);
        postgres.restart();
    }

    private void brokerKilled() {
        second.killBroker();
        letPass(OUTAGE);
        second.restartBroker();
        await().atMost(LONG).until(() -> first.isListed("broker-b"));
    }

    private void brokerFrozen() {
        second.freezeBroker();
        letPass(OUTAGE);
        second.thawBroker();
    }

    private void filterChanged() {
        new Subscriptions(replicas[1])
                .patch(NAME, "{\"source\":{\"filter\":{\"expression\":\"a || %s\"}}}".formatted(UUID.randomUUID()));
        for (var replica : replicas) {
            new Subscriptions(replica).awaitPhase(NAME, "RUNNING");
        }
    }

    private void deletedAndMadeAgain() {
        new Subscriptions(replicas[2]).delete(NAME, "");
        for (var replica : replicas) {
            await().atMost(LONG)
                    .until(() -> replica.get("/subscriptions/" + NAME).statusCode() == 404);
        }
        create();
    }

    private void everything() {
        during("%d rolling restarts (SIGTERM)".formatted(STOPS), this::stopInTurn);
        during("%d replicas killed (SIGKILL)".formatted(KILLS), this::killInTurn);
        during("PostgreSQL away for %d s".formatted(OUTAGE.toSeconds()), this::storeAway);
        during("one broker of two killed, back after %d s".formatted(OUTAGE.toSeconds()), this::brokerKilled);
        during("one broker of two frozen for %d s".formatted(OUTAGE.toSeconds()), this::brokerFrozen);
        during("filter changed", this::filterChanged);
        during("subscription deleted and made again", this::deletedAndMadeAgain);
    }

    @Test
    void losesNothingWhateverFails() {
        do {
            everything();
        } while (traffic.acknowledged() < MESSAGES);

        traffic.stopPublishing();
        await().atMost(LONG).until(() -> traffic.unanswered() == 0);
        try {
            await().atMost(LONG).until(() -> traffic.missing() == 0);
        } finally {
            LOG.infof("replicas acknowledged=%d lost=%d", traffic.acknowledged(), traffic.missing());
        }
        table.finish(RATE, traffic.acknowledged(), traffic.missing());
        assertThat(table.failures("rolling restarts"))
                .as("failed requests during rolling restarts")
                .isZero();
    }
}
