package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Request;
import dev.rocketgateway.testing.TestPostgres;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

/** The database is away under load: deliveries go on, changes are refused, and everything comes back. */
class DeliveryWithoutStoreIT {

    private static final Logger LOG = Logger.getLogger(DeliveryWithoutStoreIT.class);

    /** How long the database is away, in seconds. */
    private static final int OUTAGE = Integer.getInteger("store.outage", 10);

    private static final String NAME = "without-store";

    @Test
    void deliveriesGoOnAndChangesAreRefused() throws InterruptedException {
        var broker = TestBroker.shared();
        var topic = broker.newTopic();
        try (var postgres = TestPostgres.start();
                var endpoint = TestEndpoint.answering(200);
                var gateway = GatewayProcess.connectedTo(broker)
                        .with("gateway.store.url", postgres.newDatabase())
                        .with("gateway.store.username", postgres.user())
                        .with("gateway.store.timeout", "2s")
                        .with("gateway.store.poll-interval", "500ms")
                        .with(
                                "gateway.store.encryption-keys",
                                "k:" + Base64.getEncoder().encodeToString(new byte[32]))
                        .start()) {
            var subscriptions = new Subscriptions(gateway);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> gateway.get("/q/health/ready").statusCode() == 200);
            subscriptions.create(NAME, topic, endpoint.url(), "");
            var number = new AtomicInteger();
            Set<String> sent = ConcurrentHashMap.newKeySet();
            var producer = Executors.newSingleThreadScheduledExecutor();
            try {
                producer.scheduleAtFixedRate(
                        () -> {
                            var body = "m " + number.getAndIncrement();
                            broker.witness().send(topic, body);
                            sent.add(body);
                        },
                        0,
                        5,
                        TimeUnit.MILLISECONDS);
                endpoint.await(100);

                postgres.stop();
                var until = Instant.now().plusSeconds(OUTAGE);
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> gateway.get("/q/metrics").body().contains("gateway_store_up 0.0"));
                int before = endpoint.count();
                var refused = Subscriptions.json(subscriptions.post("/subscriptions/" + NAME + ":pause", ""), 503);
                assertThat(refused.get("code").asText()).isEqualTo("store-unavailable");
                assertThat(subscriptions.status(NAME).get("phase").asText()).isEqualTo("RUNNING");
                await().atMost(Duration.ofSeconds(OUTAGE + 5))
                        .until(() -> Instant.now().isAfter(until));
                int during = endpoint.count() - before;
                assertThat(during).as("delivered without the store").isGreaterThan(100);

                postgres.restart();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> gateway.get("/q/metrics").body().contains("gateway_store_up 1.0"));
                subscriptions.act(NAME, "pause");
                subscriptions.awaitPhase(NAME, "PAUSED");
                subscriptions.act(NAME, "resume");
                LOG.infof("storeOutage=%ds deliveredMeanwhile=%d", OUTAGE, during);
            } finally {
                producer.shutdown();
                producer.awaitTermination(10, TimeUnit.SECONDS);
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> endpoint.requests().stream()
                    .map(Request::text)
                    .collect(Collectors.toSet())
                    .containsAll(sent));
        }
    }
}
