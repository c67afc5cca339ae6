package dev.rocketgateway.it;

import static dev.rocketgateway.it.AclIT.assertNothingTells;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.MountedSecret;
import dev.rocketgateway.testing.NativeClient;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestEndpoint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Credentials in files, as Kubernetes mounts them, which are replaced while messages are published and delivered. */
class AclRotationIT {

    private static final String ACCESS_KEY = "gateway";
    private static final String SECRET = "secret-7f3a9c";

    /** What docs/operations.md promises. */
    private static final Duration TAKES_HOLD_WITHIN = Duration.ofSeconds(10);

    private static TestBroker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        broker = TestBroker.startWithAcl(ACCESS_KEY, SECRET);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    /** The user before is deleted at the broker each time that the gateway has the new one. */
    @Test
    void losesNothingWhileTheFilesAreReplacedUnderLoad() {
        var topic = "acl-" + UUID.randomUUID();
        broker.createTopicAs(ACCESS_KEY, SECRET, topic);
        var users = List.of("u1", "u2", "u3");
        users.forEach(user -> broker.createUserAs(ACCESS_KEY, SECRET, user, password(user)));
        var mounted = new MountedSecret(directory, pair("u1"));
        try (var endpoint = TestEndpoint.answering(200);
                var gateway = GatewayProcess.connectedTo(broker)
                        .with("gateway.rocketmq.access-key-file", mounted.file("access-key"))
                        .with("gateway.rocketmq.secret-key-file", mounted.file("secret-key"))
                        .subscribing("acl", topic, endpoint)
                        .start();
                var load = new Load(gateway, topic)) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> gateway.log().contains("subscription=acl state=running"));
            load.awaitMore();

            mounted.replace(pair("u2"));
            await().atMost(TAKES_HOLD_WITHIN)
                    .until(() -> gateway.log().contains("RocketMQ credentials have changed, the new ones are in use"));
            deleteUser("u1", topic);
            load.awaitMore();

            mounted.replace(Map.of("access-key", "u3", "secret-key", "\n"));
            await().atMost(TAKES_HOLD_WITHIN).until(() -> gateway.log()
                    .contains("cannot read the RocketMQ credentials, the last ones stay in use"));
            load.awaitMore();

            mounted.replace(pair("u3"));
            await().atMost(TAKES_HOLD_WITHIN)
                    .until(() -> gateway.log().contains("RocketMQ credentials are readable again changed=true"));
            deleteUser("u2", topic);
            load.awaitMore();

            var missing = new HashSet<>(load.stop());
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                endpoint.requests().forEach(request -> missing.remove(request.text()));
                assertThat(missing).isEmpty();
            });
            assertThat(gateway.log()).doesNotContain("broker-denied").doesNotContain("is not exist");
            users.forEach(user -> assertNothingTells(gateway, password(user)));
        }
    }

    private static String password(String user) {
        return "password-of-" + user;
    }

    private static Map<String, String> pair(String user) {
        return Map.of("access-key", user + "\n", "secret-key", password(user) + "\n");
    }

    private static void deleteUser(String user, String topic) {
        broker.deleteUserAs(ACCESS_KEY, SECRET, user);
        try (var client = new NativeClient(broker.nameServerAddress(), user, password(user))) {
            assertThatThrownBy(() -> client.send(topic, "refused")).hasStackTraceContaining("CODE: 16");
        }
    }

    /** Publishes in each mode, one message after another, until it is stopped. */
    private static final class Load implements AutoCloseable {

        private static final List<String> MODES = List.of("sync", "async", "oneway");
        private static final int MORE = 100;

        /** More messages would only keep the machine busy. */
        private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(10);

        private final ExecutorService threads = Executors.newFixedThreadPool(MODES.size());
        private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
        private final List<Future<?>> senders = new ArrayList<>();
        private volatile boolean stopped;

        Load(GatewayProcess gateway, String topic) {
            for (var mode : MODES) {
                var count = new AtomicInteger();
                counts.put(mode, count);
                senders.add(threads.submit(() -> {
                    while (!stopped) {
                        var answer = gateway.publish(topic, "mode=" + mode, mode + " " + count.get());
                        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 204);
                        count.incrementAndGet();
                        LockSupport.parkNanos(BETWEEN_MESSAGES.toNanos());
                    }
                }));
            }
        }

        /** Waits until each mode has published more messages; ends at once with the failure of one. */
        void awaitMore() {
            var before = MODES.stream().map(mode -> counts.get(mode).get()).toList();
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                for (var sender : senders) {
                    if (sender.isDone()) {
                        sender.get();
                    }
                }
                for (int i = 0; i < MODES.size(); i++) {
                    if (counts.get(MODES.get(i)).get() < before.get(i) + MORE) {
                        return false;
                    }
                }
                return true;
            });
        }

        /** The bodies of everything that was published. */
        List<String> stop() {
            stopped = true;
            var published = new ArrayList<String>();
            try {
                for (var sender : senders) {
                    sender.get(30, TimeUnit.SECONDS);
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            counts.forEach((mode, count) -> {
                for (int i = 0; i < count.get(); i++) {
                    published.add(mode + " " + i);
                }
            });
            return published;
        }

        @Override
        public void close() {
            stopped = true;
            threads.shutdownNow();
        }
    }
}
