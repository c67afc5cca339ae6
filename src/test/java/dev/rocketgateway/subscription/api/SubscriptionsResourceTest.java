package dev.rocketgateway.subscription.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.rocketgateway.subscription.Endpoint;
import dev.rocketgateway.subscription.FakeRuntime;
import dev.rocketgateway.subscription.SigningSecrets;
import dev.rocketgateway.subscription.fault.FieldFault;
import dev.rocketgateway.subscription.history.Attempt;
import dev.rocketgateway.subscription.store.AttemptHistory;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ResourceLock("quarkus")
@QuarkusTest
@TestProfile(SubscriptionsResourceTest.WithStore.class)
class SubscriptionsResourceTest {

    /** A database of its own, and a subscription of the configuration. */
    public static class WithStore implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "gateway.store.url",
                    "jdbc:h2:file:./target/store/" + UUID.randomUUID(),
                    "gateway.store.max-document-size",
                    "64K",
                    "gateway.subscriptions.by-file.source.topic",
                    "orders",
                    "gateway.subscriptions.by-file.endpoint.url",
                    "http://billing/hook");
        }
    }

    private final FakeRuntime runtime;
    private final AttemptHistory attempts;

    /** Another for each test. */
    private final String name = "s-" + UUID.randomUUID();

    SubscriptionsResourceTest(FakeRuntime runtime, AttemptHistory attempts) {
        this.runtime = runtime;
        this.attempts = attempts;
    }

    @TestHTTPResource(value = "/health/ready", management = true)
    URL health;

    @TestHTTPResource(value = "/metrics", management = true)
    URL metrics;

    @BeforeEach
    void awaitStore() {
        await().until(() -> given().get("/subscriptions/by-file").statusCode() == 200);
    }

    @AfterEach
    void forget() {
        runtime.say();
    }

    private static RequestSpecification json(String body) {
        return given().urlEncodingEnabled(false).contentType("application/json").body(body);
    }

    private String document(String more) {
        return """
                {"name": "%s", "source": {"topic": "orders"}, "endpoint": {"url": "http://billing/hook"%s}}
                """.formatted(name, more);
    }

    private ValidatableResponse create(String more) {
        return json(document(more)).post("/subscriptions").then().statusCode(201);
    }

    private String path() {
        return "/subscriptions/" + name;
    }

    private static Response act(String path) {
        return given().urlEncodingEnabled(false).post(path);
    }

    @Test
    void makesASubscriptionOfTheLeastAndTellsItsSecretOnce() {
        var secret = create("")
                .header("Location", containsString(path()))
                .header("ETag", startsWith("\""))
                .body("name", equalTo(name))
                .body("origin", equalTo("API"))
                .body("state", equalTo("ACTIVE"))
                .body("source.consumerGroup", equalTo("GW-" + name))
                .body("endpoint.timeout", equalTo("10s"))
                .body("retry.maxAttempts", equalTo(17))
                .body("endpoint.signing.type", equalTo("HMAC_SHA256"))
                .body("status.phase", equalTo("RUNNING"))
                .body("status.lagMessages", equalTo(7))
                .extract()
                .<String>path("endpoint.signing.keys[0].secret");

        assertThat(SigningSecrets.faultOf(Endpoint.Signing.Type.HMAC_SHA256, secret))
                .isNull();
        given().get(path())
                .then()
                .statusCode(200)
                .body("endpoint.signing.keys", hasSize(1))
                .body("endpoint.signing.keys[0].id", equalTo("k1"))
                .body("endpoint.signing.keys[0]", not(hasKey("secret")));
        assertThat(given().get("/subscriptions?limit=1000").asString()).doesNotContain(secret);
    }

    @Test
    void aPublicKeyIsShownAlways() {
        var made = create(", \"signing\": {\"type\": \"ED25519\"}").extract().jsonPath();

        String secret = made.get("endpoint.signing.keys[0].secret");
        assertThat(secret).startsWith("whsk_");
        String shown = given().get(path()).path("endpoint.signing.keys[0].publicKey");
        assertThat(shown).startsWith("whpk_").isEqualTo(made.get("endpoint.signing.keys[0].publicKey"));
        assertThat(SigningSecrets.publicKey(Endpoint.Signing.Type.ED25519, secret))
                .contains(shown);
    }

    @Test
    void namesAndGroupsAreTakenOnce() {
        create("");

        json(document("")).post("/subscriptions").then().statusCode(409).body("code", equalTo("subscription-exists"));
        json(document("")
                        .replace("\"topic\"", "\"consumerGroup\": \"GW-by-file\", \"topic\"")
                        .replace(name, name + "x"))
                .post("/subscriptions")
                .then()
                .statusCode(409)
                .body("detail", equalTo("Consumer group 'GW-by-file' is already used by another subscription."));
        json(document("")
                        .replace(name, name + "-2")
                        .replace("\"topic\"", "\"consumerGroup\": \"GW-" + name + "\", \"topic\""))
                .post("/subscriptions")
                .then()
                .statusCode(409)
                .body("detail", containsString("is already used by another subscription"));
        json(document("").replace(name, "by-file"))
                .post("/subscriptions")
                .then()
                .statusCode(409)
                .body("detail", equalTo("Subscription 'by-file' already exists."));
    }

    @Test
    void saysEverythingThatIsWrong() {
        json("{\"name\": \"A\", \"colour\": 1, \"endpoint\": {\"url\": 5, \"timeout\": \"1h\"}}")
                .post("/subscriptions")
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid-request"))
                .body(
                        "errors.field",
                        containsInAnyOrder("name", "colour", "source.topic", "endpoint.url", "endpoint.timeout"));
        json("{}").post("/subscriptions").then().body("errors.field", hasItems("name", "source.topic", "endpoint.url"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "null", "{} {}", "\u00e4"})
    void refusesWhatIsNotAJsonObject(String body) {
        given().contentType("application/json")
                .body(body.getBytes(StandardCharsets.ISO_8859_1))
                .post("/subscriptions")
                .then()
                .statusCode(400)
                .body("code", equalTo("malformed-body"));
    }

    @Test
    void refusesWhatTheDeliveringSideRefuses() {
        runtime.say(new FieldFault("source.topic", "there is no such topic"));
        json(document(""))
                .post("/subscriptions")
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("source.topic"));
        runtime.say(new FieldFault("endpoint.url", "address 169.254.169.254 is denied: metadata"));
        json(document(""))
                .post("/subscriptions")
                .then()
                .statusCode(422)
                .body("code", equalTo("target-denied"))
                .body("detail", containsString("denied: metadata"));
        given().get(path()).then().statusCode(404).body("code", equalTo("subscription-not-found"));
    }

    @Test
    void refusesBodiesThatAreTooLargeAndTypesThatAreNotJson() {
        json("{\"description\": \"" + "x".repeat(65_536) + "\"}")
                .post("/subscriptions")
                .then()
                .statusCode(413)
                .body("code", equalTo("document-too-large"));
        given().contentType("text/plain")
                .body("x")
                .post("/subscriptions")
                .then()
                .statusCode(415);
        given().delete("/subscriptions").then().statusCode(405).header("Allow", equalTo("GET, HEAD, OPTIONS, POST"));
    }

    @Test
    void changesOnlyTheVersionThatIsMeant() {
        var first = create("").extract().header("ETag");
        var patch = "{\"description\": \"x\"}";

        var second = json(patch)
                .header("If-Match", first)
                .patch(path())
                .then()
                .statusCode(200)
                .extract()
                .header("ETag");

        assertThat(second).isNotEqualTo(first);
        json(patch)
                .header("If-Match", first)
                .patch(path())
                .then()
                .statusCode(412)
                .body("code", equalTo("precondition-failed"))
                .body("detail", containsString(second));
        json(document("")).header("If-Match", first).put(path()).then().statusCode(412);
        given().header("If-Match", first).delete(path()).then().statusCode(412);
        given().urlEncodingEnabled(false)
                .header("If-Match", first)
                .post(path() + ":pause")
                .then()
                .statusCode(412);
        given().urlEncodingEnabled(false)
                .header("If-Match", first)
                .post(path() + ":rotateSecret")
                .then()
                .statusCode(412);
        json(patch).header("If-Match", "\"0\", " + second).patch(path()).then().statusCode(200);
        json(patch).header("If-Match", "*").patch(path()).then().statusCode(200);
    }

    @Test
    void tellsThatNothingChanged() {
        var tag = create("").extract().header("ETag");

        given().header("If-None-Match", tag).get(path()).then().statusCode(304).header("ETag", equalTo(tag));
        given().header("If-None-Match", "W/" + tag).get(path()).then().statusCode(304);
        act(path() + ":pause");
        given().header("If-None-Match", tag).get(path()).then().statusCode(200);
    }

    @Test
    void aPatchReplacesPartsAndBringsDefaultsBack() {
        create(", \"timeout\": \"5s\", \"headers\": {\"X-A\": \"1\", \"X-B\": \"2\"}");

        for (var type : List.of("application/merge-patch+json", "application/json")) {
            given().contentType(type)
                    .body(
                            "{\"endpoint\": {\"timeout\": null, \"headers\": {\"X-A\": null, \"X-C\": \"3\"}}, \"responses\":"
                                    + " {\"pause\": []}}")
                    .patch(path())
                    .then()
                    .statusCode(200)
                    .body("endpoint.timeout", equalTo("10s"))
                    .body("endpoint.url", equalTo("http://billing/hook"))
                    .body("endpoint.headers", equalTo(Map.of("X-B", "2", "X-C", "3")))
                    .body("responses.pause", hasSize(0))
                    .body("responses.ack", contains("2xx"));
        }
        json("{\"endpoint\": {\"colour\": 1}}").patch(path()).then().statusCode(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "source.topic; {\"source\": {\"topic\": \"other\"}}",
                "source.consumerGroup; {\"source\": {\"consumerGroup\": \"other\"}}",
                "source.startFrom; {\"source\": {\"startFrom\": {\"position\": \"EARLIEST\"}}}",
                "source.mode; {\"source\": {\"mode\": \"ORDERED\"}}",
                "name; {\"name\": \"other\"}"
            })
    void someFieldsStayAsTheyAre(String field, String patch) {
        create("");

        json(patch).patch(path()).then().statusCode(400).body("errors.field", contains(field));
    }

    @Test
    void anAnswerCanBeSentBack() {
        create(", \"auth\": {\"type\": \"BASIC\", \"username\": \"u\", \"password\": \"hidden\"}");
        act(path() + ":pause").then().statusCode(200);
        var answer = given().get(path()).asString();

        json(answer.replace("\"u\"", "\"v\""))
                .put(path())
                .then()
                .statusCode(200)
                .body("endpoint.auth.username", equalTo("v"))
                .body("endpoint.signing.keys", hasSize(1))
                .body("state", equalTo("PAUSED"));
    }

    @Test
    void aReplacementHasDefaultsButKeepsStateAndSecrets() {
        create(", \"timeout\": \"5s\"");
        act(path() + ":pause");

        json(document(""))
                .put(path())
                .then()
                .statusCode(200)
                .body("endpoint.timeout", equalTo("10s"))
                .body("state", equalTo("PAUSED"))
                .body("endpoint.signing.type", equalTo("HMAC_SHA256"))
                .body("endpoint.signing.keys[0]", not(hasKey("secret")));
        json(document("").replace("\"source\"", "\"state\": \"ACTIVE\", \"source\""))
                .put(path())
                .then()
                .body("state", equalTo("ACTIVE"));
        json(document(", \"signing\": {\"type\": \"ED25519\"}"))
                .put(path())
                .then()
                .body("endpoint.signing.keys[0].secret", startsWith("whsk_"));
        json(document(", \"auth\": {\"type\": \"BEARER\"}"))
                .put(path())
                .then()
                .statusCode(400)
                .body("errors.field", contains("endpoint.auth.token"));
    }

    @Test
    void pausesAndResumes() {
        create("");

        act(path() + ":pause").then().statusCode(200).body("state", equalTo("PAUSED"));
        given().get(path()).then().body("state", equalTo("PAUSED"));
        var again = act(path() + "%3Apause").then().statusCode(200).extract().header("ETag");
        assertThat(given().get(path()).header("ETag")).isEqualTo(again);
        act(path() + ":resume")
                .then()
                .statusCode(200)
                .body("state", equalTo("ACTIVE"))
                .body("stateReason", nullValue());
        // Of one that is active it ends a hold, on every replica: each is a change of its own.
        var once = act(path() + ":resume").then().statusCode(200).extract().header("ETag");
        assertThat(act(path() + ":resume").then().statusCode(200).extract().header("ETag"))
                .isNotEqualTo(once);
        act("/subscriptions/none:pause").then().statusCode(404).body("code", equalTo("subscription-not-found"));
        act(path() + ":dance").then().statusCode(404).body("code", equalTo("not-found"));
    }

    @Test
    void whatIsConfiguredIsChangedInTheConfiguration() {
        given().get("/subscriptions/by-file").then().body("origin", equalTo("CONFIG"));
        for (var answer : List.of(
                json("{}").put("/subscriptions/by-file"),
                json("{}").patch("/subscriptions/by-file"),
                given().delete("/subscriptions/by-file"),
                act("/subscriptions/by-file:rotateSecret"))) {
            answer.then().statusCode(409).body("code", equalTo("subscription-configured"));
        }
        var tag = given().get("/subscriptions/by-file").header("ETag");
        given().urlEncodingEnabled(false)
                .header("If-Match", tag)
                .post("/subscriptions/by-file:pause")
                .then()
                .statusCode(200)
                .body("state", equalTo("PAUSED"));
        assertThat(given().get("/subscriptions/by-file").header("ETag")).isNotEqualTo(tag);
        act("/subscriptions/by-file:resume").then().statusCode(200).body("state", equalTo("ACTIVE"));
    }

    @Test
    void aNewKeySignsBesideTheOldOnesForADay() {
        create("");

        JsonPath rotated =
                act(path() + ":rotateSecret").then().statusCode(200).extract().jsonPath();

        assertThat(rotated.getString("id")).isEqualTo("k2");
        assertThat(rotated.getString("secret")).startsWith("whsec_");
        assertThat(rotated.getString("older[0].id")).isEqualTo("k1");
        assertThat(Instant.parse(rotated.getString("older[0].notAfter")))
                .isBetween(
                        Instant.now().plus(Duration.ofHours(24)).minusSeconds(60),
                        Instant.now().plus(Duration.ofHours(24)));
        given().get(path()).then().body("endpoint.signing.keys.id", contains("k2", "k1"));
        for (int i = 3; i <= 5; i++) {
            act(path() + ":rotateSecret").then().statusCode(200).body("id", equalTo("k" + i));
        }
        act(path() + ":rotateSecret")
                .then()
                .statusCode(409)
                .body("code", equalTo("conflict"))
                .body("detail", containsString("has 5 keys that still sign"));
        json("{\"endpoint\": {\"signing\": {\"keys\": [{\"id\": \"k5\"}]}}}")
                .patch(path())
                .then()
                .statusCode(200)
                .body("endpoint.signing.keys.id", contains("k5"));
        json("{\"endpoint\": {\"signing\": {\"type\": \"NONE\", \"keys\": null}}}")
                .patch(path())
                .then()
                .statusCode(200);
        act(path() + ":rotateSecret").then().statusCode(409).body("detail", containsString("does not sign"));
    }

    @Test
    void aKeyOfOneKindIsNotTakenForOneOfAnother() {
        create("");

        json("{\"endpoint\": {\"signing\": {\"type\": \"ED25519\", \"keys\": [{\"id\": \"k1\"}]}}}")
                .patch(path())
                .then()
                .statusCode(400)
                .body("errors.field", contains("endpoint.signing.keys[0].secret"));
    }

    @Test
    void whatIsDeletedIsGone() {
        var tag = create("").extract().header("ETag");
        attempts.record(attempt("m1", "5xx", "RETRY"));
        await().until(() ->
                given().get(path() + "/attempts").<List<?>>path("items").size() == 1);

        given().delete(path() + "?deleteGroup=true").then().statusCode(204);

        assertThat(runtime.removed()).contains(name + " true");
        given().get(path()).then().statusCode(404);
        given().delete(path()).then().statusCode(404);
        given().get(path() + "/attempts").then().statusCode(404);
        var again = create("").extract().header("ETag");
        assertThat(again).isNotEqualTo(tag);
        given().get(path() + "/attempts").then().body("items", hasSize(0));
        given().delete(path() + "?deleteGroup=perhaps")
                .then()
                .statusCode(400)
                .body("errors.field", contains("deleteGroup"));
    }

    @Test
    void listsByPages() {
        for (int i = 0; i < 3; i++) {
            json(document("").replace(name, name + "-" + i).replace("\"orders\"", "\"t-" + name + "\""))
                    .post("/subscriptions");
        }
        act(path() + "-1:pause");
        var ofTopic = "/subscriptions?topic=t-" + name;

        var first = given().get(ofTopic + "&limit=2")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(first.getList("items.name")).isEqualTo(List.of(name + "-0", name + "-1"));
        given().get(ofTopic + "&limit=2&after=" + first.getString("next"))
                .then()
                .body("items.name", contains(name + "-2"))
                .body("$", not(hasKey("next")));
        given().get(ofTopic + "&state=PAUSED").then().body("items.name", contains(name + "-1"));
        given().get("/subscriptions?topic=none-" + name).then().body("items", hasSize(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=1001", "limit=x", "state=paused", "colour=red", "limit=1&limit=2"})
    void refusesParametersThereAreNot(String query) {
        given().get("/subscriptions?" + query)
                .then()
                .statusCode(400)
                .body("errors.field", contains(query.replaceAll("=.*", "")));
    }

    private Attempt attempt(String messageId, String outcome, String verdict) {
        return new Attempt(
                name,
                messageId,
                "orders",
                1,
                Instant.now(),
                Duration.ofMillis(12),
                outcome,
                outcome.endsWith("xx") ? OptionalInt.of(outcome.charAt(0) == '2' ? 200 : 503) : OptionalInt.empty(),
                verdict,
                verdict.equals("RETRY") ? Optional.of(Duration.ofSeconds(10)) : Optional.empty(),
                "",
                "so it is");
    }

    @Test
    void showsWhatBecameOfDeliveries() {
        create("");
        attempts.record(attempt("m1", "5xx", "RETRY"));
        attempts.record(attempt("m2", "timeout", "RETRY"));
        attempts.record(attempt("m1", "2xx", "ACK"));
        var all = path() + "/attempts";
        await().until(() -> given().get(all).<List<?>>path("items").size() == 3);

        given().get(all)
                .then()
                .body("items.messageId", contains("m1", "m2", "m1"))
                .body("items[0].status", equalTo(200))
                .body("items[0].took", equalTo("12ms"))
                .body("items[1].status", equalTo(null))
                .body("items[1].retryIn", equalTo("10s"))
                .body("items[1].response", equalTo("so it is"));
        given().get(all + "?outcome=failure").then().body("items.outcome", contains("timeout", "5xx"));
        given().get(all + "?outcome=success").then().body("items.outcome", contains("2xx"));
        given().get(all + "?outcome=timeout").then().body("items.messageId", contains("m2"));
        given().get(all + "?outcome=503").then().body("items.outcome", contains("5xx"));
        given().get(all + "?outcome=500").then().body("items", hasSize(0));
        given().get(all + "?messageId=m1").then().body("items.outcome", contains("2xx", "5xx"));
        var page = given().get(all + "?limit=2").jsonPath();
        given().get(all + "?limit=2&after=" + page.getString("next"))
                .then()
                .body("items.outcome", contains("5xx"))
                .body("$", not(hasKey("next")));
        given().get(all + "?after=x").then().statusCode(400);
    }

    @Test
    void tellsHealthAndMetricsOfTheStore() {
        given().get(health).then().body("checks.find { it.name == 'store' }.status", equalTo("UP"));
        assertThat(given().get(metrics).asString())
                .contains("gateway_store_up 1.0")
                .contains("gateway_attempt_log_dropped_total 0.0");
    }
}
