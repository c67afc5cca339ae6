package dev.rocketgateway.problem.answer;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever the path and the failure, there is a problem document. */
@ResourceLock("quarkus")
@QuarkusTest
class ProblemDocumentsResourceTest {

    @ParameterizedTest
    @CsvSource({
        "GET, /, 404",
        "GET, /nothing, 404",
        "GET, /q, 404",
        "GET, /q/nothing, 404",
        "GET, /q/health/nothing/at/all, 404",
        "GET, /q/swagger-ui/nothing.js, 404",
        "GET, /q/openapi/nothing, 404",
        "GET, /q/health, 404",
        "POST, /q/health, 404",
        "GET, /q/metrics, 404",
        "POST, /q/openapi, 405",
        "TRACE, /topics/demo, 405",
        "BREW, /topics/demo/messages, 405",
        "BREW, /nothing, 404",
        "GET, /subscriptions/none, 404",
        "GET, /problems/none, 404",
        "GET, /topics/a.b, 400",
    })
    void answersWithAProblemDocument(String method, String path, int status) {
        given().urlEncodingEnabled(false)
                .request(method, path)
                .then()
                .statusCode(status)
                .contentType("application/problem+json")
                .body("status", equalTo(status))
                .body("instance", equalTo(path));
    }
}
