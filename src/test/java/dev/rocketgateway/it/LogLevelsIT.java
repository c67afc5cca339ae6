package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.Subscriptions;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogLevelsIT {

    private static GatewayProcess gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.builder()
                .with("gateway.rocketmq.namesrv-addr", "127.0.0.1:1")
                .start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static HttpResponse<String> send(String method, String path) {
        return gateway.send(gateway.request(path).method(method, BodyPublishers.noBody()));
    }

    private static void refuse(String id) {
        assertThat(gateway.publish("orders", "mode=later", "x", "X-Request-Id", id)
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void changesALevelForAWhileAndGivesItBack() {
        refuse("id-first");
        var changed = Subscriptions.json(send("PUT", "/log-levels/dev.rocketgateway.problem?level=debug&for=1m"), 200);
        assertThat(changed.get("level").asText()).isEqualTo("DEBUG");
        assertThat(Instant.parse(changed.get("until").asText()))
                .isBetween(Instant.now().plusSeconds(30), Instant.now().plusSeconds(70));
        refuse("id-second");
        await().atMost(Duration.ofSeconds(20)).until(() -> gateway.log().contains("id-second"));
        assertThat(gateway.log()).doesNotContain("id-first");
        assertThat(Subscriptions.json(gateway.get("/log-levels"), 200)
                        .get("items")
                        .findValuesAsText("category"))
                .containsExactly("dev.rocketgateway.problem");

        assertThat(send("DELETE", "/log-levels/dev.rocketgateway.problem").statusCode())
                .isEqualTo(204);
        refuse("id-third");
        assertThat(Subscriptions.json(gateway.get("/log-levels"), 200).get("items"))
                .isEmpty();
        assertThat(gateway.log())
                .doesNotContain("id-third")
                .contains(
                        "action=log-level category=dev.rocketgateway.problem level=DEBUG result=done",
                        "action=log-level category=dev.rocketgateway.problem level=configured result=done");
    }

    @Test
    void keepsTheAuditLog() {
        assertThat(send("PUT", "/log-levels/dev.rocketgateway?level=ERROR&for=1m")
                        .statusCode())
                .isEqualTo(200);
        send("DELETE", "/log-levels/dev.rocketgateway");

        assertThat(gateway.log()).contains("category=dev.rocketgateway level=configured");
    }

    @ParameterizedTest
    @CsvSource({
        "PUT, /log-levels/dev.rocketgateway?level=TRACE, 'level: must be ERROR, WARN, INFO or DEBUG'",
        "PUT, /log-levels/dev.rocketgateway?for=0s, 'for: must be from 1s to 1d'",
        "PUT, /log-levels/dev.rocketgateway?for=2d, 'for: must be from 1s to 1d'",
        "PUT, /log-levels/dev.rocketgateway?until=2d, until",
        "PUT, /log-levels/a%20b, 'category: must have 1 to 200 letters'",
        "PUT, /log-levels/dev.rocketgateway.audit, 'category: cannot be the audit log'",
        "DELETE, /log-levels/a%20b, 'category: must have 1 to 200 letters'",
        "GET, /log-levels?level=DEBUG, level"
    })
    void saysWhatIsWrong(String method, String path, String fault) {
        var answer = send(method, path);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body()).contains(fault);
    }
}
