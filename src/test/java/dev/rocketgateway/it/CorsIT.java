package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.TestBroker;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A page of another origin reads responses only if its origin is configured. */
class CorsIT {

    private static final String ALLOWED = "https://app.example.com";
    private static final String FOREIGN = "https://evil.example.com";
    private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";

    private static final String TOPIC = TestBroker.shared().newTopic();
    private static final String MESSAGES = "/topics/" + TOPIC + "/messages";

    private static GatewayProcess configured;

    @BeforeAll
    static void start() {
        configured = GatewayProcess.connectedTo(TestBroker.shared())
                .with("quarkus.http.cors.enabled", true)
                .with("quarkus.http.cors.origins", ALLOWED)
                .with("quarkus.http.cors.methods", "GET,POST")
                .with("quarkus.http.cors.headers", "Authorization,Content-Type,RocketMQ-Tag")
                .with("quarkus.http.cors.exposed-headers", "RocketMQ-Message-Id,X-Request-Id")
                .with("quarkus.http.cors.access-control-allow-credentials", false)
                .with("quarkus.http.cors.access-control-max-age", "1H")
                .start();
    }

    @AfterAll
    static void stop() {
        configured.close();
    }

    private static HttpResponse<String> preflight(GatewayProcess gateway, String path, String origin) {
        return gateway.send(gateway.request(
                        path,
                        "Origin",
                        origin,
                        "Access-Control-Request-Method",
                        "POST",
                        "Access-Control-Request-Headers",
                        "content-type,rocketmq-tag")
                .method("OPTIONS", BodyPublishers.noBody()));
    }

    private static String allHeaders(HttpResponse<String> answer) {
        return answer.headers().map().keySet().toString().toLowerCase(Locale.ROOT);
    }

    @Test
    void isOffWithoutConfiguration() {
        var gateway = GatewayProcess.shared();

        var preflight = preflight(gateway, MESSAGES, ALLOWED);
        var published = gateway.publish(TOPIC, "", "a", "Origin", ALLOWED);

        assertThat(preflight.statusCode()).isEqualTo(204);
        assertThat(allHeaders(preflight)).doesNotContain("access-control-");
        assertThat(published.statusCode()).isEqualTo(200);
        assertThat(allHeaders(published)).doesNotContain("access-control-");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":batch", "%3Abatch"})
    void answersThePreflightOfAnAllowedOrigin(String action) {
        var answer = preflight(configured, MESSAGES + action, ALLOWED);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().allValues(ALLOW_ORIGIN)).containsExactly(ALLOWED);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Methods")).hasValue("GET,POST");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Headers").orElse(""))
                .containsIgnoringCase("content-type")
                .containsIgnoringCase("rocketmq-tag");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Credentials"))
                .hasValue("false");
        assertThat(answer.headers().firstValue("Access-Control-Max-Age")).hasValue("3600");
    }

    /** Errors too, or the page cannot read what is wrong. */
    @ParameterizedTest
    @CsvSource({"MESSAGES, 200", "MESSAGES?mode=none, 400", "MESSAGES:batch, 415", "/topics/none-such/messages, 404"})
    void anAllowedOriginReadsTheResponse(String path, int status) {
        var answer = configured.send(configured
                .request(path.replace("MESSAGES", MESSAGES), "Origin", ALLOWED, "Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("a")));

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().allValues(ALLOW_ORIGIN)).containsExactly(ALLOWED);
        assertThat(answer.headers().firstValue("Access-Control-Expose-Headers").orElse(""))
                .contains("RocketMQ-Message-Id");
    }

    @ParameterizedTest
    @ValueSource(strings = {FOREIGN, "http://app.example.com", "https://app.example.com.evil.example", "null"})
    void aForeignOriginGetsNothing(String origin) {
        var preflight = preflight(configured, MESSAGES, origin);
        var published = configured.publish(TOPIC, "", "a", "Origin", origin);

        assertThat(preflight.headers().map()).doesNotContainKey(ALLOW_ORIGIN.toLowerCase(Locale.ROOT));
        assertThat(published.statusCode()).isEqualTo(403);
        assertThat(published.headers().map()).doesNotContainKey(ALLOW_ORIGIN.toLowerCase(Locale.ROOT));
        assertThat(published.headers().map()).doesNotContainKey("rocketmq-message-id");
    }

    /** A caller that is no browser sends none. */
    @Test
    void aRequestWithoutAnOriginIsServed() {
        assertThat(configured.publish(TOPIC, "", "a").statusCode()).isEqualTo(200);
    }
}
