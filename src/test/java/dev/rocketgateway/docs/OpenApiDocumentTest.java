package dev.rocketgateway.docs;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Holds docs/openapi.yaml to what the service serves; {@code -Dopenapi.update=true} writes it anew. */
@ResourceLock("quarkus")
@QuarkusTest
class OpenApiDocumentTest {

    private static final Path SNAPSHOT = Path.of("docs/openapi.yaml");

    @Test
    void theCommittedDocumentIsTheOneServed() throws IOException {
        var served = given().accept("application/yaml")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        if (Boolean.getBoolean("openapi.update")) {
            Files.writeString(SNAPSHOT, served);
        }

        assertThat(served).isEqualTo(Files.readString(SNAPSHOT));
    }

    @Test
    void describesOnlyWhatThePackagedServiceHas() {
        assertThat(served().getMap("paths").keySet())
                .map(Object::toString)
                .containsExactly(
                        "/topics/{topic}/messages",
                        "/topics/{topic}/messages:batch",
                        "/topics/{topic}/messages/{recallHandle}",
                        "/topics/{topic}",
                        "/topics/{topic}/messages:tail",
                        "/topics/{topic}/messages/{messageId}",
                        "/topics",
                        "/subscriptions",
                        "/subscriptions/{name}",
                        "/subscriptions/{name}:pause",
                        "/subscriptions/{name}:resume",
                        "/subscriptions/{name}/messages:receive",
                        "/subscriptions/{name}/messages:ack",
                        "/subscriptions/{name}/messages:extend",
                        "/subscriptions/{name}:rotateSecret",
                        "/subscriptions/{name}/attempts",
                        "/subscriptions/{name}:seek",
                        "/subscriptions/{name}:test",
                        "/subscriptions/{name}/dlq",
                        "/subscriptions/{name}/dlq:redrive",
                        "/subscriptions/{name}/redrives",
                        "/subscriptions/{name}/redrives/{id}",
                        "/log-levels",
                        "/log-levels/{category}",
                        "/problems",
                        "/problems/{code}");
    }

    @Test
    void describesEveryAnswerAndNothingOfTheInside() {
        assertThat(served().getMap("paths.'/topics/{topic}/messages'.post.responses")
                        .keySet())
                .hasToString("[200, 202, 204, 400, 401, 403, 404, 406, 408, 409, 413, 415, 429, 431, 500, 503, 504]");
        assertThat(served().getMap("paths.'/topics/{topic}/messages:batch'.post.responses")
                        .keySet())
                .hasToString(
                        "[200, 202, 204, 207, 400, 401, 403, 404, 406, 408, 409, 413, 415, 429, 431, 500, 503, 504]");
        assertThat(served().getMap("paths.'/topics/{topic}/messages/{recallHandle}'.delete.responses")
                        .keySet())
                .hasToString("[202, 400, 401, 403, 404, 406, 409, 429, 500, 503, 504]");
        assertThat(served().getMap("paths.'/topics/{topic}'.get.responses").keySet())
                .hasToString("[200, 400, 401, 403, 404, 406, 429, 500, 503]");
        assertThat(served().getMap("paths.'/topics/{topic}/messages'.get.responses")
                        .keySet())
                .hasToString("[200, 400, 401, 403, 404, 406, 429, 500, 503]");
        assertThat(served().getMap("paths.'/topics/{topic}/messages/{messageId}'.get.responses")
                        .keySet())
                .hasToString("[200, 400, 401, 403, 404, 406, 429, 500, 503]");
        assertThat(served().getMap("paths.'/topics/{topic}/messages:tail'.get.responses")
                        .keySet())
                .hasToString("[200, 400, 401, 403, 404, 406, 429, 500, 503]");
        assertThat(served().getMap("paths.'/topics'.get.responses").keySet())
                .hasToString("[200, 400, 401, 406, 409, 429, 500, 503]");
        assertThat(served().getMap("components.schemas").keySet())
                .map(Object::toString)
                .containsExactlyInAnyOrder(
                        "Attempt",
                        "AttemptList",
                        "Batch",
                        "BatchMessage",
                        "BatchMessageResult",
                        "BatchProblem",
                        "BatchResult",
                        "CloudEvent",
                        "DeadLetters",
                        "Extension",
                        "FieldError",
                        "FoundMessage",
                        "FoundMessages",
                        "MessageQueue",
                        "Position",
                        "Problem",
                        "LogLevel",
                        "ProblemList",
                        "ProblemView",
                        "Recall",
                        "ReceiptResults",
                        "Receipts",
                        "ReceivedMessages",
                        "Redrive",
                        "RedriveRequest",
                        "RotatedKey",
                        "SendResult",
                        "SendStatus",
                        "StoredMessage",
                        "Subscription",
                        "SubscriptionDocument",
                        "SubscriptionList",
                        "SubscriptionStatus",
                        "TestMessage",
                        "TestResult",
                        "Topic",
                        "TopicList",
                        "TopicQueue");
    }

    private static JsonPath served() {
        return given().accept("application/json").get("/q/openapi").jsonPath();
    }

    @Test
    void showsItToPeopleToo() {
        given().get("/q/swagger-ui/").then().statusCode(200);
    }
}
