package dev.rocketgateway.docs;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds docs/openapi.yaml to what the service serves; {@code -Dopenapi.update=true} writes it anew. */
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
        var served = given().accept("application/json")
                .get("/q/openapi")
                .then()
                .extract()
                .jsonPath();

        assertThat(served.getMap("paths").keySet())
                .hasToString(
                        "[/problems, /problems/{code}, /topics/{topic}, /topics/{topic}/messages, /topics/{topic}/messages:batch]");
    }

    @Test
    void describesEveryAnswerAndNothingOfTheInside() {
        var served = given().accept("application/json")
                .get("/q/openapi")
                .then()
                .extract()
                .jsonPath();

        assertThat(served.getMap("paths.'/topics/{topic}/messages'.post.responses")
                        .keySet())
                .hasToString("[200, 202, 204, default]");
        assertThat(served.getMap("paths.'/topics/{topic}/messages'.post.requestBody.content")
                        .keySet())
                .hasToString("[text/plain, application/json, application/cloudevents+json, application/octet-stream]");
        assertThat(served.getList("paths.'/topics/{topic}/messages'.post.parameters.schema"))
                .doesNotContainNull();
        assertThat(served.getMap("paths.'/topics/{topic}/messages:batch'.post.responses")
                        .keySet())
                .hasToString("[200, 202, 204, 207, default]");
        assertThat(served.getMap("paths.'/topics/{topic}/messages:batch'.post.requestBody.content")
                        .keySet())
                .hasToString("[application/json, application/x-ndjson, application/cloudevents-batch+json]");
        assertThat(served.getMap("components.schemas").keySet())
                .hasToString(
                        "[Batch, BatchMessage, BatchMessageResult, BatchResult, FieldError, MessageQueue, Problem, ProblemList, ProblemView, SendResult, SendStatus, Topic, TopicQueue]");
    }

    @Test
    void showsItToPeopleToo() {
        given().get("/q/swagger-ui/").then().statusCode(200);
    }
}
