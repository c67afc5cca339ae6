package dev.rocketgateway.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rocketgateway.testing.OpenApiDocument.Operation;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Checks a response against the API's description. */
public final class DocumentedAnswer {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ANY = "*/*";

    /** Headers of the gateway; all others are headers of HTTP. */
    private static final Pattern OWN_HEADER = Pattern.compile(
            "(?i)rocketmq-.*|ratelimit.*|x-request-id|retry-after|content-encoding|cache-control|x-content-type-options");

    private static final Set<String> OF_A_REPLY =
            Set.of("RocketMQ-Tag", "RocketMQ-Keys", "RocketMQ-Property", "Content-Encoding");

    private DocumentedAnswer() {}

    /** Checks a response against the only success that the description has for the mode. */
    public static void assertSuccess(
            OpenApiDocument document, Operation operation, String mode, HttpResponse<String> answer) {
        var successes = operation.responses().entrySet().stream()
                .filter(response -> operation.bodies().isEmpty()
                        ? response.getKey().startsWith("2")
                        : response.getValue().description().contains("`mode=" + mode + "`"))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(successes).as("successes for mode %s", mode).hasSize(1);
        assertDescribed(document, operation, successes.get(0), answer);
        assertThat(operation.responses().get(successes.get(0)).headers())
                .filteredOn(name -> !OF_A_REPLY.contains(name))
                .allSatisfy(name ->
                        assertThat(answer.headers().firstValue(name)).as(name).isPresent());
    }

    /** Checks a response against the description of its expected status. */
    public static void assertDescribed(
            OpenApiDocument document, Operation operation, String status, HttpResponse<String> answer) {
        assertThat(String.valueOf(answer.statusCode())).as(answer.body()).isEqualTo(status);
        var described = operation.responses().get(status);
        assertThat(described).as("%s of %s", status, operation).isNotNull();
        var headers = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        headers.addAll(described.headers());
        assertThat(headers)
                .containsAll(answer.headers().map().keySet().stream()
                        .filter(name -> OWN_HEADER.matcher(name).matches())
                        .toList());
        assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
        assertThat(answer.headers().firstValue("Retry-After").isPresent()).isEqualTo(headers.contains("Retry-After"));
        if (described.content().isEmpty()) {
            assertThat(answer.body()).isEmpty();
            return;
        }
        var type = answer.headers().firstValue("Content-Type").orElseThrow().replaceFirst(";.*", "");
        if (!described.content().containsKey(ANY)) {
            assertThat(described.content()).containsKey(type);
        }
        if (described.content().containsKey(type)) {
            try {
                assertThat(JsonSchema.faults(
                                document, described.content().get(type).schema(), JSON.readTree(answer.body())))
                        .as(answer.body())
                        .isEmpty();
            } catch (JsonProcessingException e) {
                throw new AssertionError(answer.body(), e);
            }
        }
    }
}
