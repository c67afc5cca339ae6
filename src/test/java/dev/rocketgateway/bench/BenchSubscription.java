package dev.rocketgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;

/** A subscription made through the API, whose number of webhooks at once changes from side to side. */
final class BenchSubscription {

    private final GatewayProcess gateway;
    private final String path;

    /** Makes it. */
    BenchSubscription(GatewayProcess gateway, String name, String topic, JsonObject endpoint) {
        this.gateway = gateway;
        this.path = "/subscriptions/" + name;
        var subscription = new JsonObject()
                .put("name", name)
                .put(
                        "source",
                        new JsonObject()
                                .put("topic", topic)
                                .put("startFrom", new JsonObject().put("position", "EARLIEST")))
                .put("endpoint", endpoint);
        var made = gateway.send(gateway.request("/subscriptions", "Content-Type", "application/json")
                .POST(BodyPublishers.ofString(subscription.encode())));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    }

    /** Returns when the gateway does. */
    void deliverAtOnce(int inFlight) {
        var changed = gateway.send(gateway.request(
                        path, "Content-Type", "application/merge-patch+json", "If-Match", "*")
                .method("PATCH", BodyPublishers.ofString("{\"delivery\":{\"maxInFlight\":%d}}".formatted(inFlight))));
        assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
        var generation = new JsonObject(changed.body()).getLong("generation");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> new JsonObject(gateway.get(path).body())
                        .getJsonObject("status")
                        .getLong("observedGeneration")
                        .equals(generation));
    }
}
