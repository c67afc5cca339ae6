package dev.rocketgateway.subscription.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A response with a secret stays in no cache, and no other response forbids caches. */
@ResourceLock("quarkus")
@QuarkusTest
@TestProfile(SubscriptionsResourceTest.WithStore.class)
class NoStoreResourceTest {

    private static final String DOCUMENT = """
            {"name": "NAME", "source": {"topic": "t"}, "endpoint": {"url": "https://hooks.example.com/a"%s}}""";
    private static final String PATCH = """
            {"endpoint": {"signing": %s}}""";

    private final String name = "no-store-" + UUID.randomUUID().toString().substring(0, 8);

    @BeforeEach
    void create() {
        assertShowsASecret(send("POST", "", DOCUMENT.formatted("")), 201);
    }

    @Test
    void aPutThatCreates() {
        var other = name + "-put";

        var answer = given().contentType("application/json")
                .body(DOCUMENT.formatted("").replace("NAME", other))
                .put("/subscriptions/" + other);

        assertShowsASecret(answer, 201);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PUT   | {\"type\": \"ED25519\"} | true",
                "PUT   | {\"type\": \"NONE\"}    | false",
                "PATCH | {\"type\": \"ED25519\", \"keys\": null} | true",
                "PATCH | {\"type\": \"NONE\", \"keys\": null} | false",
            })
    void aChange(String method, String signing, boolean showsASecret) {
        var body = method.equals("PUT") ? DOCUMENT.formatted(", \"signing\": " + signing) : PATCH.formatted(signing);

        var answer = send(method, "/" + name, body);

        if (showsASecret) {
            assertShowsASecret(answer, 200);
        } else {
            assertShowsNone(answer);
        }
    }

    @Test
    void theRotationOfASecret() {
        assertShowsASecret(send("POST", "/" + name + ":rotateSecret", ""), 200);
    }

    @Test
    void notWhatShowsNone() {
        assertShowsNone(given().get("/subscriptions/" + name));
        assertShowsNone(given().get("/subscriptions"));
        assertShowsNone(send("POST", "/" + name + ":pause", ""));
    }

    private Response send(String method, String path, String body) {
        return given().contentType("application/json")
                .body(body.replace("NAME", name))
                .request(method, "/subscriptions" + path);
    }

    private static void assertShowsASecret(Response answer, int status) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
        assertThat(answer.asString()).containsAnyOf("whsec_", "whsk_");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    }

    private static void assertShowsNone(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        assertThat(answer.asString()).doesNotContain("whsec_", "whsk_");
        assertThat(answer.header("Cache-Control")).isNull();
    }
}
