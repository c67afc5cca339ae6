package dev.rocketgateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.RawHttp;
import dev.rocketgateway.testing.TestBroker;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A body whose chunks are malformed is not stored, and what follows it on the connection is no request (RFC 9112, section 7.1). */
class ChunkedBodyIT {

    private static final TestBroker BROKER = TestBroker.shared();

    private static final String HEAD =
            "POST /topics/%s/%s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String NEXT =
            "POST /topics/%s/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\nnext";

    private static final List<String> ACTIONS = List.of("messages", "messages:batch");

    /** {@code |} is CR LF. */
    static final List<String> MALFORMED = List.of(
            // The line of a size ends with CR LF, and has hexadecimal digits.
            "5\nhello|0||",
            "|hello|0||",
            "zz|hello|0||",
            "0x5|hello|0||",
            "+5|hello|0||",
            "-5|hello|0||",
            "5,|hello|0||",
            "5_|hello|0||",
            "100000005|hello|0||",
            "5|hello|0x||",
            "5|hello|-0||",
            // An extension has no line ends.
            "5;a\nhello|0||",
            "5;\nxx|hello|0||",
            "5;a\rb|hello|0||",
            // A chunk ends where its size says, with CR LF.
            "5|hello\n0||",
            "5|helloXX0||",
            "5|hello0||",
            "5|helloooo|0||",
            "6|hello|0||",
            // So does the last one.
            "5|hello|0\n|",
            "5|hello|0|\n",
            "5|hello|0\n\n",
            // Trailers are headers.
            "5|hello|0|no colon||",
            "5|hello|0| x: y||",
            "5|hello|0|x : y||",
            "5|hello|0|: y||",
            "5|hello|0|x: a\rb||",
            "5|hello|0|x: a\nb: c||");

    static final List<String> WELL_FORMED = List.of(
            "5|hello|0||",
            "05|hello|00||",
            "2|he|3|llo|0||",
            "5;a=b|hello|0;c||",
            "5;a=\"b c\"|hello|0||",
            "5|hello|0|x: y||",
            // What a trailer says of the message is not asked, so that no trailer can change it.
            "5|hello|0|Content-Length: 9||",
            "5|hello|0|Transfer-Encoding: gzip||",
            "5|hello|0|Host: y||",
            "5|hello|0|RocketMQ-Tag: t||");

    private static GatewayProcess gateway;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.connectedTo(BROKER).start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @FieldSource("MALFORMED")
    void storesNothing(String chunks) {
        for (var action : ACTIONS) {
            var topic = BROKER.newTopic();
            var next = BROKER.newTopic();

            var answers = exchange(topic, action, chunks, next);

            assertThat(answers).as(action).doesNotContain("HTTP/1.1 2");
            assertThat(BROKER.storedByNow(topic))
                    .as(action)
                    .extracting(Stored::id)
                    .isEmpty();
            assertThat(BROKER.storedByNow(next))
                    .as(action)
                    .extracting(Stored::id)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @FieldSource("WELL_FORMED")
    void storesTheBodyAndServesTheNextRequest(String chunks) {
        for (var action : ACTIONS) {
            var topic = BROKER.newTopic();
            var next = BROKER.newTopic();

            var answers = exchange(topic, action, chunks, next);

            assertThat(answers.split("HTTP/1.1 200", -1)).as(answers).hasSize(3);
            assertThat(BROKER.storedByNow(topic)).as(action).singleElement().satisfies(stored -> {
                assertThat(new String(stored.body(), UTF_8)).isEqualTo("hello");
                assertThat(stored.properties()).doesNotContainKey("TAGS");
            });
            assertThat(BROKER.storedByNow(next)).as(action).hasSize(1);
        }
    }

    private static String exchange(String topic, String action, String chunks, String next) {
        return RawHttp.exchange(
                gateway.root(), HEAD.formatted(topic, action) + chunks.replace("|", "\r\n") + NEXT.formatted(next));
    }
}
