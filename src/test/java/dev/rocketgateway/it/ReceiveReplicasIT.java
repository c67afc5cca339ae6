package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import dev.rocketgateway.testing.TestBroker;
import dev.rocketgateway.testing.TestPostgres;
import dev.rocketgateway.testing.Worker;
import dev.rocketgateway.testing.Worker.Message;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Workers and replicas: any replica takes what another gave, and a replica that dies loses nothing. */
class ReceiveReplicasIT {

    private static final TestBroker BROKER = TestBroker.shared();
    private static final Duration LONG = Duration.ofMinutes(1);

    private static TestPostgres postgres;
    private static String database;
    private static GatewayProcess first;
    private static GatewayProcess second;
    private static GatewayProcess third;

    private final String topic = BROKER.newTopic();
    private final String name = "pull-" + Long.toString(System.nanoTime(), 36);

    @BeforeAll
    static void start() {
        postgres = TestPostgres.start();
        database = postgres.newDatabase();
        first = replica();
        second = replica();
        third = replica();
    }

    @AfterAll
    static void stop() {
        for (var process : new AutoCloseable[] {first, second, third, postgres}) {
            close(process);
        }
    }

    private static void close(AutoCloseable process) {
        try {
            if (process != null) {
                process.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** A replica that has read the store. */
    private static GatewayProcess replica() {
        var replica = GatewayProcess.connectedTo(BROKER)
                .with("gateway.store.url", database)
                .with("gateway.store.username", postgres.user())
                .start();
        await().atMost(LONG).until(() -> replica.get("/subscriptions/none").statusCode() == 404);
        return replica;
    }

    @BeforeEach
    void subscribe() {
        create(name);
    }

    private void create(String subscription) {
        Subscriptions.json(
                new Subscriptions(first)
                        .post(
                                "/subscriptions",
                                "{\"name\":\"%s\",\"source\":{\"topic\":\"%s\"},\"pull\":{\"visibility\":\"10s\"}}"
                                        .formatted(subscription, topic)),
                201);
        for (var replica : new GatewayProcess[] {first, second, third}) {
            await().atMost(LONG)
                    .until(() -> replica.get("/subscriptions/" + subscription).statusCode() == 200);
            new Subscriptions(replica).awaitPhase(subscription, "RUNNING");
        }
    }

    private Worker at(GatewayProcess replica) {
        return new Worker(replica, name);
    }

    private static JsonNode result(HttpResponse<String> response, int status) {
        return Subscriptions.json(response, status).path("results").path(0);
    }

    private void send(String body) {
        BROKER.witness().send(topic, body);
    }

    @Test
    void oneReplicaGivesAnotherExtendsAndAThirdAcknowledges() {
        send("job");
        var message = at(first).receiveOne("&visibility=10s");
        var extended = result(at(second).extend("1m", message.receipt()), 200)
                .path("receipt")
                .textValue();

        assertThat(result(at(third).acknowledge(extended), 200).path("status").intValue())
                .isEqualTo(200);

        assertThat(at(first).receive("?wait=20s")).isEmpty();
    }

    @Test
    void receiptsOutliveTheReplicaThatGaveThem() {
        send("job");
        var doomed = replica();
        new Subscriptions(doomed).awaitPhase(name, "RUNNING");
        var message = at(doomed).receiveOne("&visibility=1m");
        doomed.process().kill();
        doomed.close();

        assertThat(result(at(first).acknowledge(message.receipt()), 200)
                        .path("status")
                        .intValue())
                .isEqualTo(200);
        assertThat(at(second).receive("?wait=5s")).isEmpty();
    }

    @Test
    void aReplicaThatIsKilledWhileACallerWaitsHidesNoMessage() {
        var doomed = replica();
        new Subscriptions(doomed).awaitPhase(name, "RUNNING");
        var waiting = CompletableFuture.supplyAsync(() -> at(doomed).receive("?wait=20s"));
        await().until(() -> doomed.get("/q/metrics")
                .body()
                .lines()
                .anyMatch(line ->
                        line.startsWith("gateway_receive_waiting") && line.contains(name) && line.endsWith(" 1.0")));
        doomed.process().kill();
        doomed.close();
        send("after the end");

        assertThat(at(second).receiveOne("").attempt()).isEqualTo(1);
        assertThat(waiting.handle((messages, failure) -> failure))
                .succeedsWithin(LONG)
                .isInstanceOf(CompletionException.class);
    }

    @Test
    void aStoppingReplicaAnswersItsWaitingCallersAtOnce() {
        var doomed = replica();
        new Subscriptions(doomed).awaitPhase(name, "RUNNING");
        var waiting = CompletableFuture.supplyAsync(() -> at(doomed).receive("?wait=20s"));
        await().until(() -> doomed.get("/q/metrics")
                .body()
                .lines()
                .anyMatch(line ->
                        line.startsWith("gateway_receive_waiting") && line.contains(name) && line.endsWith(" 1.0")));

        assertThat(doomed.terminate(Duration.ofSeconds(15))).isTrue();
        doomed.close();

        assertThat(waiting.join()).isEmpty();
    }

    /** A receipt, what is done with it, and the status of its result. */
    private record Use(String what, String receipt, String action, int status, String code) {}

    @Test
    void receiptsAreTakenAsDocumented() {
        var other = name + "-other";
        create(other);
        for (int i = 0; i < 6; i++) {
            send("job " + i);
        }
        var messages = at(first).receive("?max=32&wait=20s&visibility=10m");
        await().atMost(LONG)
                .until(() -> at(first).receive("?max=32&wait=5s&visibility=10m").isEmpty());
        var fresh = messages.get(0).receipt();
        var ofAnother = new Worker(first, other).receiveOne("&visibility=10m").receipt();
        var acknowledged = take("&visibility=10m");
        at(first).acknowledge(acknowledged);
        var extended = take("&visibility=10m");
        at(first).extend("10m", extended);
        var ended = take("&visibility=10s");
        await().atMost(LONG).until(() -> at(second).acknowledge(ended).statusCode() == 207);

        for (var use : new Use[] {
            new Use("forged", "1" + "0".repeat(80), "ack", 400, "invalid-receipt"),
            new Use("not even Base64", "§", "ack", 400, "invalid-receipt"),
            new Use("empty", "", "ack", 400, "invalid-receipt"),
            new Use("very long", "A".repeat(100_000), "ack", 400, "invalid-receipt"),
            new Use("altered at the end", altered(fresh, fresh.length() - 2), "ack", 400, "invalid-receipt"),
            new Use("altered in its time", altered(fresh, 40), "ack", 400, "invalid-receipt"),
            new Use("altered in its signature", altered(fresh, 3), "extend", 400, "invalid-receipt"),
            new Use("of another version", altered(fresh, 0), "ack", 400, "invalid-receipt"),
            new Use("of another subscription", ofAnother, "ack", 400, "invalid-receipt"),
            new Use("ended", ended, "ack", 410, "lease-ended"),
            new Use("ended", ended, "extend", 410, "lease-ended"),
            new Use("acknowledged before", acknowledged, "ack", 200, ""),
            new Use("acknowledged before", acknowledged, "extend", 410, "lease-ended"),
            new Use("extended before", extended, "ack", 410, "lease-ended"),
            new Use("extended before", extended, "extend", 410, "lease-ended"),
            new Use("as it is", fresh, "ack", 200, "")
        }) {
            var answer = use.action().equals("ack")
                    ? at(first).acknowledge(use.receipt())
                    : at(first).extend("1m", use.receipt());

            var result = result(answer, use.status() == 200 ? 200 : 207);
            assertThat(result.path("status").intValue())
                    .as("%s: %s", use, answer.body())
                    .isEqualTo(use.status());
            assertThat(result.path("error").path("code").asText(""))
                    .as("%s", use)
                    .isEqualTo(use.code());
        }
    }

    private String take(String query) {
        send("one more");
        return at(first).receiveOne(query).receipt();
    }

    private static String altered(String receipt, int index) {
        var altered = new StringBuilder(receipt);
        altered.setCharAt(index, receipt.charAt(index) == '2' ? '3' : '2');
        return altered.toString();
    }

    @Test
    void someReceiptsFailAndOthersDoNot() {
        var good = take("");

        var answer = at(second).acknowledge("nonsense", good);

        var results = Subscriptions.json(answer, 207).path("results");
        assertThat(results.path(0).path("status").intValue()).isEqualTo(400);
        assertThat(results.path(0).path("error").path("detail").textValue())
                .contains("is not a receipt of subscription");
        assertThat(results.path(1).toString()).isEqualTo("{\"status\":200}");
    }

    @Test
    void aMessageThatAWorkerLeavesComesAgainAtAnotherReplica() {
        send("left");
        var left = at(first).receiveOne("&visibility=10s");

        var again = await().atMost(LONG).until(() -> at(third).receive("?wait=20s"), found -> !found.isEmpty());

        assertThat(again).extracting(Message::id, Message::attempt).containsExactly(tuple(left.id(), 2));
    }
}
