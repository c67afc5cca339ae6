package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.MountedSecret;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import dev.rocketgateway.testing.TestEndpoint.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Subscriptions in a directory as Kubernetes mounts a ConfigMap, while the gateway runs. */
class SubscriptionFilesIT {

    private static final Logger LOG = Logger.getLogger(SubscriptionFilesIT.class);
    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final String topic = BROKER.newTopic();

    private String file(String filter, TestEndpoint endpoint) {
        return """
                source:
                  topic: %s
                  consumerGroup: GW-%s
                  startFrom: {position: EARLIEST}
                  filter: {expression: "%s"}
                endpoint: {url: "%s"}
                """.formatted(topic, topic, filter, endpoint.url());
    }

    private static GatewayProcess gateway(Path files) {
        return GatewayProcess.connectedTo(BROKER)
                .with("gateway.subscriptions-directory", files.toString())
                .with("gateway.store.url", "none")
                .start();
    }

    private static Set<String> texts(TestEndpoint endpoint) {
        return endpoint.requests().stream().map(Request::text).collect(Collectors.toSet());
    }

    @Test
    void followsTheFilesWithoutARestart() {
        try (var endpoint = TestEndpoint.answering(200)) {
            var mounted = new MountedSecret(directory, Map.of("broken.yaml", "source: {topic: 1}"));
            try (var gateway = gateway(directory)) {
                var subscriptions = new Subscriptions(gateway);
                await().atMost(LIMIT).until(() -> gateway.get("/q/health/ready").statusCode() == 200);
                assertThat(gateway.log()).contains("file=broken.yaml fault=source.topic: must be a string");

                mounted.replace(Map.of("billing.yaml", file("a", endpoint)));
                await().atMost(LIMIT)
                        .until(() -> gateway.get("/subscriptions/billing").statusCode() == 200);
                subscriptions.awaitPhase("billing", "RUNNING");
                BROKER.witness().send(topic, "first", "a");
                await().atMost(LIMIT).until(() -> texts(endpoint).contains("first"));

                mounted.replace(Map.of("billing.yaml", "endpoint: {url: 3}"));
                await().atMost(LIMIT).until(() -> gateway.log().contains("the subscription stays as it was"));
                assertThat(gateway.get("/q/health/ready").statusCode()).isEqualTo(200);
                var list = Subscriptions.json(gateway.get("/subscriptions"), 200);
                assertThat(list.get("faultyFiles").get(0).get("file").asText()).isEqualTo("billing.yaml");
                assertThat(list.get("faultyFiles").get(0).get("fault").asText()).contains("endpoint.url");
                assertThat(gateway.get("/q/metrics").body()).contains("gateway_subscription_files_faulty 1.0");
                BROKER.witness().send(topic, "second", "a");
                await().atMost(LIMIT).until(() -> texts(endpoint).contains("second"));

                mounted.replace(Map.of("billing.yaml", file("a || b", endpoint)));
                await().atMost(LIMIT).until(() -> gateway.log().contains("action=file-changed"));
                BROKER.witness().send(topic, "third", "b");
                await().atMost(LIMIT).until(() -> texts(endpoint).contains("third"));
                assertThat(Subscriptions.json(gateway.get("/subscriptions"), 200)
                                .has("faultyFiles"))
                        .isFalse();

                mounted.replace(Map.of());
                await().atMost(LIMIT)
                        .until(() -> gateway.get("/subscriptions/billing").statusCode() == 404);
                BROKER.witness().send(topic, "fourth", "b");
                mounted.replace(Map.of("billing.yaml", file("a || b", endpoint)));
                await().atMost(LIMIT).until(() -> texts(endpoint).contains("fourth"));
            }
        }
    }

    /** The kubelets of three nodes replace the files at different times. */
    @Test
    void losesNothingWhenAFilterChangesOnThreeReplicas() throws IOException, InterruptedException {
        var numbers = new AtomicInteger();
        Set<String> sent = ConcurrentHashMap.newKeySet();
        try (var endpoint = TestEndpoint.answering(200)) {
            var mounts = new ArrayList<MountedSecret>();
            var gateways = new ArrayList<GatewayProcess>();
            var publisher = Executors.newSingleThreadScheduledExecutor();
            try {
                for (int i = 0; i < 3; i++) {
                    var files = Files.createDirectory(directory.resolve("replica-" + i));
                    mounts.add(new MountedSecret(files, Map.of("billing.yaml", file("a", endpoint))));
                    gateways.add(gateway(files));
                }
                for (var gateway : gateways) {
                    await().atMost(LIMIT)
                            .until(() -> gateway.get("/q/health/ready").statusCode() == 200);
                    new Subscriptions(gateway).awaitPhase("billing", "RUNNING");
                }
                publisher.scheduleAtFixedRate(
                        () -> {
                            var text = "m" + numbers.incrementAndGet();
                            BROKER.witness().send(topic, text, "a");
                            sent.add(text);
                        },
                        0,
                        10,
                        TimeUnit.MILLISECONDS);
                endpoint.await(100);

                for (int i = 0; i < 3; i++) {
                    mounts.get(i).replace(Map.of("billing.yaml", file("a || b", endpoint)));
                    var gateway = gateways.get(i);
                    await().atMost(LIMIT).until(() -> gateway.log().contains("action=file-changed"));
                }
                for (var gateway : gateways) {
                    new Subscriptions(gateway).awaitPhase("billing", "RUNNING");
                }
                var later = List.of("b1", "b2", "b3");
                for (var text : later) {
                    BROKER.witness().send(topic, text, "b");
                }
                await().atMost(LIMIT).until(() -> texts(endpoint).containsAll(later));
            } finally {
                publisher.shutdown();
                publisher.awaitTermination(10, TimeUnit.SECONDS);
            }
            try {
                await().atMost(LIMIT).until(() -> texts(endpoint).containsAll(sent));
            } finally {
                var missing = new HashSet<>(sent);
                missing.removeAll(texts(endpoint));
                LOG.infof(
                        "filter in files sent=%d requests=%d lost=%d",
                        sent.size(), endpoint.requests().size(), missing.size());
                gateways.forEach(GatewayProcess::close);
            }
        }
    }
}
