package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestPostgres;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two replicas and their PostgreSQL, which goes and comes back. */
class StoreOutageIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String KEY =
            Base64.getEncoder().encodeToString(Arrays.copyOf("for-tests".getBytes(StandardCharsets.UTF_8), 32));

    private static TestPostgres postgres;
    private static GatewayProcess one;
    private static GatewayProcess other;
    private static String topic;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
        topic = BROKER.newTopic();
        var database = postgres.newDatabase();
        one = gateway(database);
        other = gateway(database);
        for (var gateway : List.of(one, other)) {
            await().atMost(LIMIT).until(() -> gateway.get("/q/health/ready").statusCode() == 200);
        }
    }

    private static GatewayProcess gateway(String database) {
        return GatewayProcess.connectedTo(BROKER)
                .with("gateway.store.url", database)
                .with("gateway.store.username", postgres.user())
                .with("gateway.store.timeout", "2s")
                .with("gateway.store.poll-interval", "500ms")
                .with("gateway.store.encryption-keys", "k:" + KEY)
                .start();
    }

    @AfterAll
    static void stop() {
        if (one != null) {
            one.close();
            other.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    private static HttpResponse<String> send(GatewayProcess to, String method, String path, String body) {
        return to.send(
                to.request(path, "Content-Type", "application/json").method(method, BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> create(GatewayProcess by, String name) {
        return send(by, "POST", "/subscriptions", """
                {"name": "%s", "source": {"topic": "%s"}, "endpoint": {"url": "http://127.0.0.1:1/",
                 "auth": {"type": "BEARER", "token": "hidden-token"}}}
                """.formatted(name, topic));
    }

    private static void awaitState(GatewayProcess gateway, String name, String state) {
        await().atMost(LIMIT)
                .until(() -> gateway.get("/subscriptions/" + name).body().contains("\"state\":\"" + state + "\""));
    }

    @Test
    void goesOnWithWhatIsKnownAndComesBackByItself() {
        var made = create(one, "outage");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        awaitState(other, "outage", "ACTIVE");
        send(other, "POST", "/subscriptions/outage:pause", "");
        awaitState(one, "outage", "PAUSED");

        postgres.stop();
        await().atMost(LIMIT).until(() -> one.get("/q/metrics").body().contains("gateway_store_up 0.0"));

        assertThat(one.get("/q/health/ready").statusCode()).isEqualTo(200);
        assertThat(one.get("/subscriptions").body()).contains("\"name\":\"outage\"");
        assertThat(one.get("/subscriptions/outage").statusCode()).isEqualTo(200);
        for (var answer : List.of(
                create(one, "more"),
                send(one, "POST", "/subscriptions/outage:resume", ""),
                send(one, "DELETE", "/subscriptions/outage", ""),
                one.get("/subscriptions/outage/attempts"))) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
            assertThat(answer.body()).contains("\"code\":\"store-unavailable\"").doesNotContain("127.0.0.1");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }

        postgres.restart();
        await().atMost(LIMIT).until(() -> create(one, "after").statusCode() == 201);
        awaitState(other, "after", "ACTIVE");
        await().atMost(LIMIT).until(() -> one.get("/q/metrics").body().contains("gateway_store_up 1.0"));
        assertThat(send(one, "POST", "/subscriptions/outage:resume", "").statusCode())
                .isEqualTo(200);
        awaitState(other, "outage", "ACTIVE");
        assertThat(one.log() + other.log()).doesNotContain("hidden-token", KEY, "whsec_");
        assertThat(one.log())
                .contains(
                        "the store is not available", "the store answers again", "subscription changed action=create");
    }
}
