package dev.rocketgateway.publish.admission;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import dev.rocketgateway.publish.FakePublisher;
import dev.rocketgateway.publish.batch.BatchesResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Streams that are faster than they may be. */
@ResourceLock("quarkus")
@QuarkusTest
@TestProfile(RateLimitPaceResourceTest.Rates.class)
class RateLimitPaceResourceTest {

    /** What is tested. */
    public static class Rates implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("gateway.publish.rate-limit.per-caller", "50");
        }
    }

    private final FakePublisher publisher;

    RateLimitPaceResourceTest(FakePublisher publisher) {
        this.publisher = publisher;
    }

    @Test
    void slowsStreamsDownAndRefusesNoLine() {
        publisher.behave(FakePublisher::stored);

        var callers = Executors.newFixedThreadPool(3);
        var answers = Stream.generate(() -> CompletableFuture.supplyAsync(RateLimitPaceResourceTest::stream, callers))
                .limit(3)
                .toList();
        callers.shutdown();

        answers.stream().map(CompletableFuture::join).forEach(answer -> answer.then()
                .statusCode(200)
                .body("accepted", equalTo(60))
                .body("$", not(hasKey("stopped"))));
    }

    private static Response stream() {
        return given().urlEncodingEnabled(false)
                .contentType(BatchesResource.LINES)
                .body("a\n".repeat(60).getBytes(StandardCharsets.UTF_8))
                .post("/topics/demo/messages:batch?timeout=200ms");
    }
}
