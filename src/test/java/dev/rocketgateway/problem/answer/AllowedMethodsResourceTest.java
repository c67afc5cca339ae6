package dev.rocketgateway.problem.answer;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OPTIONS, 405 and what a path really takes agree. */
@ResourceLock("quarkus")
@QuarkusTest
class AllowedMethodsResourceTest {

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/topics/demo | GET, HEAD, OPTIONS",
                "/topics/demo/messages | GET, HEAD, OPTIONS, POST",
                "/topics/demo/messages/x | DELETE, GET, HEAD, OPTIONS",
                "/topics/demo/messages:tail | GET, HEAD, OPTIONS",
                "/topics | GET, HEAD, OPTIONS",
                "/topics/demo/messages:batch | OPTIONS, POST",
                "/topics/demo/messages%3Abatch | OPTIONS, POST",
                "/subscriptions | GET, HEAD, OPTIONS, POST",
                "/subscriptions/a | DELETE, GET, HEAD, OPTIONS, PATCH, PUT",
                "/subscriptions/a:pause | OPTIONS, POST",
                "/subscriptions/a:resume | OPTIONS, POST",
                "/subscriptions/a:rotateSecret | OPTIONS, POST",
                "/subscriptions/a:seek | OPTIONS, POST",
                "/subscriptions/a:test | OPTIONS, POST",
                "/subscriptions/a/attempts | GET, HEAD, OPTIONS",
                "/subscriptions/a/dlq | GET, HEAD, OPTIONS",
                "/subscriptions/a/dlq:redrive | OPTIONS, POST",
                "/subscriptions/a/redrives | GET, HEAD, OPTIONS",
                "/subscriptions/a/redrives/1 | DELETE, GET, HEAD, OPTIONS",
                "/problems | GET, HEAD, OPTIONS",
                "/problems/not-found | GET, HEAD, OPTIONS",
                "/q/openapi | GET, HEAD, OPTIONS",
                "/q/swagger-ui/ | GET, HEAD, OPTIONS",
            })
    void saysWhatAPathTakes(String path, String allowed) {
        var options = given().urlEncodingEnabled(false).options(path);

        assertThat(options.statusCode()).isEqualTo(204);
        assertThat(options.header("Allow")).isEqualTo(allowed);
        assertThat(options.asString()).isEmpty();

        var taken = new TreeSet<String>();
        for (var method : METHODS) {
            var answer = given().urlEncodingEnabled(false).request(method, path);
            if (answer.statusCode() == 405) {
                assertThat(answer.header("Allow")).as(method).isEqualTo(allowed);
                assertThat(answer.contentType()).isEqualTo("application/problem+json");
            } else {
                taken.add(method);
            }
        }
        assertThat(String.join(", ", taken)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/topics/demo/nothing",
                "/topics/demo/messages/",
                "/subscriptions/",
                "/subscriptions/a/nothing",
                "/q/nothing",
                "/q/health",
                "/q/health/live",
                "/q/health/",
                "/q/metrics",
                "/q/metrics/",
                "/q/openapi/",
                "/"
            })
    void saysThatThereIsNothing(String path) {
        for (var method : List.of("OPTIONS", "POST")) {
            var answer = given().request(method, path);

            assertThat(answer.statusCode()).as(method).isEqualTo(404);
            assertThat(answer.header("Allow")).isNull();
            assertThat(answer.contentType()).isEqualTo("application/problem+json");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/topics/demo/messages/, /topics/demo/messages",
        "/topics/demo/messages:batch/, /topics/demo/messages:batch",
        "/topics/demo/messages%3Abatch/, /topics/demo/messages:batch",
        "/topics/demo/, /topics/demo",
        "/subscriptions/, /subscriptions",
        "/subscriptions/a/, /subscriptions/a",
        "/subscriptions/a:pause/, /subscriptions/a:pause",
        "/subscriptions/a/dlq/, /subscriptions/a/dlq",
        "/problems/, /problems",
        "/problems/not-found/, /problems/not-found",
        "/q/openapi/, /q/openapi",
        "/topic/demo/messages/, /topics/demo/messages",
    })
    void namesThePathWithoutTheSlashAtItsEnd(String path, String meant) {
        for (var method : METHODS) {
            var answer = given().urlEncodingEnabled(false).request(method, path);

            assertThat(answer.statusCode()).as(method).isEqualTo(404);
            if (!method.equals("HEAD")) {
                assertThat(answer.jsonPath().getString("detail")).endsWith(" Did you mean %s?".formatted(meant));
            }
        }
    }
}
