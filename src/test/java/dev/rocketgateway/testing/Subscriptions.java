package dev.rocketgateway.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The subscriptions of a running gateway, through its API. */
public final class Subscriptions {

    /**
     * A broker that was frozen may add a member whose connection is closed already, and removes it after 120 s, looking every 10 s. A
     * subscription whose filter has changed waits for that, because it shares no group with members that have the old filter.
     */
    private static final Duration LIMIT = Duration.ofSeconds(150);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final GatewayProcess gateway;

    public Subscriptions(GatewayProcess gateway) {
        this.gateway = gateway;
    }

    /**
     * Makes a subscription and waits until it runs.
     *
     * @param more members of the document, such as {@code "delivery":{"maxInFlight":4}}; may be empty
     */
    public JsonNode create(String name, String topic, String url, String more) {
        var made = json(post("/subscriptions", """
                        {"name":"%s","source":{"topic":"%s"},"endpoint":{"url":"%s"}%s}""".formatted(name, topic, url, more.isEmpty() ? "" : "," + more)), 201);
        awaitPhase(name, "RUNNING");
        return made;
    }

    /**
     * Makes a subscription from EARLIEST and waits until it runs.
     *
     * @param members of the document by their paths, such as {@code "delivery.maxInFlight", 4}: paths and values in turn
     */
    public JsonNode createFromEarliest(String name, String topic, String url, Object... members) {
        var document = JSON.createObjectNode();
        set(document, "name", name);
        set(document, "source.topic", topic);
        set(document, "source.startFrom.position", "EARLIEST");
        set(document, "endpoint.url", url);
        for (int i = 0; i < members.length; i += 2) {
            set(document, members[i].toString(), members[i + 1]);
        }
        var made = json(post("/subscriptions", document.toString()), 201);
        awaitPhase(name, "RUNNING");
        return made;
    }

    private static void set(ObjectNode document, String path, Object value) {
        var names = path.split("\\.");
        var parent = document;
        for (int i = 0; i < names.length - 1; i++) {
            parent = parent.withObjectProperty(names[i]);
        }
        parent.set(names[names.length - 1], JSON.valueToTree(value));
    }

    public JsonNode get(String name) {
        return json(gateway.get("/subscriptions/" + name), 200);
    }

    /** The items of the first page of attempts. */
    public JsonNode attempts(String name, String query) {
        return json(gateway.get("/subscriptions/" + name + "/attempts" + query), 200)
                .get("items");
    }

    public JsonNode status(String name) {
        return get(name).get("status");
    }

    public JsonNode patch(String name, String body) {
        return json(
                gateway.send(gateway.request("/subscriptions/" + name, "Content-Type", "application/merge-patch+json")
                        .method("PATCH", BodyPublishers.ofString(body))),
                200);
    }

    /** Calls an action such as {@code pause}. */
    public JsonNode act(String name, String action) {
        return json(post("/subscriptions/" + name + ":" + action, ""), 200);
    }

    public HttpResponse<String> post(String path, String body) {
        return gateway.send(
                (body.isEmpty() ? gateway.request(path) : gateway.request(path, "Content-Type", "application/json"))
                        .POST(BodyPublishers.ofString(body)));
    }

    public HttpResponse<String> delete(String name, String query) {
        return gateway.send(gateway.request("/subscriptions/" + name + query).DELETE());
    }

    public void awaitPhase(String name, String phase) {
        await().atMost(LIMIT).until(() -> status(name).get("phase").asText().equals(phase));
    }

    /** The body as JSON, after a look at the status. */
    public static JsonNode json(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        try {
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new AssertionError(response.body(), e);
        }
    }
}
