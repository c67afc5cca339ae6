package dev.rocketgateway.subscription.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.rocketgateway.subscription.FakeRuntime;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.specification.RequestSpecification;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever applies a file again and again sends the same PUT each time: the first makes the subscription. */
@ResourceLock("quarkus")
@QuarkusTest
@TestProfile(SubscriptionsResourceTest.WithStore.class)
class PutSubscriptionsResourceTest {

    private final FakeRuntime runtime;
    private final String name = "p-" + UUID.randomUUID();
    private final String path = "/subscriptions/" + name;

    PutSubscriptionsResourceTest(FakeRuntime runtime) {
        this.runtime = runtime;
    }

    @BeforeEach
    void awaitStore() {
        await().until(() -> given().get("/subscriptions/by-file").statusCode() == 200);
    }

    private static RequestSpecification document(String more) {
        return given().urlEncodingEnabled(false).contentType("application/json").body("""
                {%s "source": {"topic": "orders"}, "endpoint": {"url": "http://billing/hook"}}""".formatted(more));
    }

    @Test
    void makesASubscriptionThatDoesNotExistAndTellsItsSecretOnce() {
        var etag = document("")
                .put(path)
                .then()
                .statusCode(201)
                .header("Location", containsString(path))
                .header("ETag", startsWith("\""))
                .body("name", equalTo(name))
                .body("origin", equalTo("API"))
                .body("state", equalTo("ACTIVE"))
                .body("endpoint.signing.keys[0].secret", notNullValue())
                .extract()
                .header("ETag");

        given().get(path)
                .then()
                .statusCode(200)
                .header("ETag", equalTo(etag))
                .body("endpoint.signing.keys[0]", not(hasKey("secret")));
        assertThat(runtime.startsFixed()).containsOnlyOnce(name);
    }

    @Test
    void theSecondTimeReplacesAndKeepsTheSecret() {
        document("").put(path).then().statusCode(201);
        var key = given().get(path).path("endpoint.signing.keys");

        document("\"description\": \"again\",")
                .put(path)
                .then()
                .statusCode(200)
                .header("Location", equalTo(null))
                .body("description", equalTo("again"))
                .body("endpoint.signing.keys", equalTo(key));

        assertThat(runtime.startsFixed()).containsOnlyOnce(name);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            exists | header        | value | status
            false  | If-None-Match | *     | 201
            false  | If-None-Match | "0"   | 201
            false  | If-Match      | *     | 412
            false  | If-Match      | "0"   | 412
            true   | If-None-Match | *     | 412
            true   | If-None-Match | ETAG  | 412
            true   | If-None-Match | "0"   | 200
            true   | If-Match      | *     | 200
            true   | If-Match      | ETAG  | 200
            true   | If-Match      | "0"   | 412
            """, quoteCharacter = '\'', useHeadersInDisplayName = true)
    void conditionsAreKept(boolean exists, String header, String value, int status) {
        var etag = exists ? document("").put(path).header("ETag") : "";

        document("")
                .header(header, value.replace("ETAG", etag))
                .put(path)
                .then()
                .statusCode(status);

        given().get(path).then().statusCode(exists || status == 201 ? 200 : 404);
    }

    @Test
    void aConditionThatFailsSaysWhy() {
        document("")
                .header("If-Match", "*")
                .put(path)
                .then()
                .body("code", equalTo("precondition-failed"))
                .body(
                        "detail",
                        equalTo("Subscription '%s' does not exist. To create it, leave out `If-Match`."
                                .formatted(name)));
        document("").put(path);
        document("")
                .header("If-None-Match", "*")
                .put(path)
                .then()
                .body("code", equalTo("precondition-failed"))
                .body("detail", containsString("exists, at version"));
    }

    @Test
    void theNameInTheDocumentIsThatOfThePathOrAbsent() {
        document("\"name\": \"other\",")
                .put(path)
                .then()
                .statusCode(400)
                .body("errors[0].field", equalTo("name"))
                .body("errors[0].message", equalTo("must be %s, as in the path, or absent".formatted(name)));
        document("\"name\": \"%s\",".formatted(name)).put(path).then().statusCode(201);
    }

    @Test
    void refusesNamesAndGroupsAsACreationDoes() {
        document("").put("/subscriptions/Not_A_Name").then().statusCode(400).body("errors[0].field", equalTo("name"));
        document("")
                .put("/subscriptions/by-file")
                .then()
                .statusCode(409)
                .body("code", equalTo("subscription-configured"));
        given().contentType("application/json")
                .body("""
                {"source": {"topic": "orders", "consumerGroup": "GW-by-file"}, "endpoint": {"url": "http://billing/hook"}}""")
                .put(path)
                .then()
                .statusCode(409)
                .body("code", equalTo("subscription-exists"));
        given().contentType("application/json")
                .body("{\"colour\": 1}")
                .put(path)
                .then()
                .statusCode(400);
        given().get(path).then().statusCode(404);
    }
}
