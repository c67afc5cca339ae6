package dev.rocketgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.RandomLooks;
import dev.rocketgateway.testing.RawHttp;
import dev.rocketgateway.testing.TestBroker;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.junit.jupiter.api.Test;

/** Whatever is asked about a topic, the answer is what was asked for or a problem, and no bug is found. */
class LookFuzzIT {

    private static final Logger LOG = Logger.getLogger(LookFuzzIT.class);
    private static final int REQUESTS = Integer.getInteger("fuzz", 4000) / 4;
    private static final Pattern CODE = Pattern.compile("\"code\":\"([a-z-]+)\"");
    private static final TestBroker BROKER = TestBroker.shared();

    @Test
    void answersEveryRequestWithoutABug() {
        long seed = Long.getLong("fuzz.seed", System.nanoTime());
        var topic = BROKER.newTopic();
        try (var gateway = GatewayProcess.connectedTo(BROKER)
                .with("gateway.look.tail.max-duration", "20ms")
                .start()) {
            var id = gateway.publish(topic, "key=k&tag=a", "hello")
                    .headers()
                    .firstValue("RocketMQ-Message-Id")
                    .orElseThrow();
            var requests = new RandomLooks(seed, topic, id);
            var answers = new TreeMap<String, Integer>();
            for (int i = 0; i < REQUESTS; i++) {
                var request = requests.next();
                var what = "request %d of -Dfuzz.seed=%d%n%s".formatted(i, seed, request);
                var closing = request.replace("Host: gateway\r\n", "Host: gateway\r\nConnection: close\r\n");
                var answer = RawHttp.exchange(gateway.root(), closing);
                int status = Integer.parseInt(answer.substring(9, 12));
                assertThat(status).as(what).isIn(200, 400, 403, 404, 406, 414, 431);
                answers.merge(status + " " + code(answer, status), 1, Integer::sum);
            }

            LOG.infof("fuzz seed=%d requests=%d answers=%s", seed, REQUESTS, answers);
            assertThat(gateway.log()).as("seed " + seed).doesNotContain("because of a bug", " ERROR ");
            assertThat(answers).hasSizeGreaterThan(5).containsKey("200 ");
            assertThat(gateway.get("/topics/%s/messages/%s".formatted(topic, id))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private static String code(String answer, int status) {
        if (status < 400 || answer.endsWith("\r\n\r\n")) {
            return "";
        }
        assertThat(answer).containsIgnoringCase("content-type: application/problem+json");
        var code = CODE.matcher(answer);
        assertThat(code.find()).as(answer).isTrue();
        return code.group(1);
    }
}
