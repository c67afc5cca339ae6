package dev.rocketgateway.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rocketgateway.testing.GatewayProcess;
import dev.rocketgateway.testing.NativeClient.Stored;
import dev.rocketgateway.testing.RawHttp2;
import dev.rocketgateway.testing.RawHttp2.Field;
import dev.rocketgateway.testing.TestBroker;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A malformed request of HTTP/2 (RFC 9113, sections 8.1 to 8.3) is refused, and nothing of it is stored. */
class Http2FramingIT {

    private static final TestBroker BROKER = TestBroker.shared();

    private static final int REFUSALS = 100;

    private static final List<String> PATHS = List.of("/topics/TOPIC/messages", "/q/openapi", "/nothing");

    private static final String GOOD = ":method=POST|:scheme=http|:path=PATH|:authority=x";

    /** Fields in their order; {@code |} ends a field. */
    static final List<String> FORMS = List.of(
            // Fields of a connection.
            GOOD + "|transfer-encoding=chunked",
            GOOD + "|transfer-encoding=gzip",
            GOOD + "|transfer-encoding=",
            GOOD + "|connection=close",
            GOOD + "|connection=x-a|x-a=b",
            GOOD + "|keep-alive=timeout=5",
            GOOD + "|proxy-connection=keep-alive",
            GOOD + "|upgrade=h2c",
            GOOD + "|te=gzip",
            GOOD + "|te=trailers, gzip",
            // Names.
            GOOD + "|X-A=b",
            GOOD + "|Transfer-Encoding=chunked",
            GOOD + "|Host=x",
            GOOD + "|=b",
            GOOD + "|x a=b",
            GOOD + "|x-a =b",
            GOOD + "| x-a=b",
            GOOD + "|x-a:=b",
            GOOD + "|x-a: b\r\ntransfer-encoding=chunked",
            GOOD + "|x\na=b",
            GOOD + "|x\ra=b",
            GOOD + "|x\u0000a=b",
            GOOD + "|x\u007fa=b",
            GOOD + "|x\u00fca=b",
            GOOD + "|x(a)=b",
            // Values.
            GOOD + "|x-a=b\r\ntransfer-encoding: chunked",
            GOOD + "|x-a=b\rc",
            GOOD + "|x-a=b\nc",
            GOOD + "|x-a=b\u0000c",
            GOOD + "|x-a=\n",
            GOOD + "|x-a= b",
            GOOD + "|x-a=b ",
            GOOD + "|x-a=\tb",
            GOOD + "|x-a=b\t",
            GOOD + "|x-a= ",
            GOOD + "|rocketmq-tag=a\nb",
            // Pseudo-header fields that are missing, repeated, empty, unknown or behind others.
            ":scheme=http|:path=PATH|:authority=x",
            ":method=POST|:path=PATH|:authority=x",
            ":method=POST|:scheme=http|:authority=x",
            ":method=POST|:scheme=http|:path=PATH",
            "x-a=b",
            GOOD + "|:method=POST",
            GOOD + "|:method=GET",
            GOOD + "|:scheme=http",
            GOOD + "|:path=PATH",
            GOOD + "|:path=/q/openapi",
            GOOD + "|:authority=x",
            GOOD + "|:authority=y",
            ":method=|:scheme=http|:path=PATH|:authority=x",
            ":method=POST|:scheme=|:path=PATH|:authority=x",
            ":method=POST|:scheme=http|:path=|:authority=x",
            ":method=POST|:scheme=http|:path=PATH|:authority=",
            GOOD + "|:status=200",
            GOOD + "|:unknown=a",
            GOOD + "|:protocol=websocket",
            ":method=POST|:scheme=http|:path=PATH|x-a=b|:authority=x",
            "x-a=b|" + GOOD,
            GOOD + "|x-a=b|:path=PATH",
            // Targets.
            ":method=POST|:scheme=ftp|:path=PATH|:authority=x",
            ":method=POST|:scheme=http://x/a?|:path=PATH|:authority=x",
            ":method=POST|:scheme=http|:path=http://xPATH|:authority=x",
            ":method=POST|:scheme=http|:path=http://yPATH|:authority=x",
            ":method=POST|:scheme=http|:path=/PATH|:authority=x",
            ":method=POST|:scheme=http|:path=xPATH|:authority=x",
            ":method=POST|:scheme=http|:path=*|:authority=x",
            ":method=POST|:scheme=http|:path=?tag=a|:authority=x",
            ":method=POST|:scheme=http|:path=PATH#a|:authority=x",
            ":method=POST|:scheme=http|:path=PATH HTTP/1.1\r\nHost: y|:authority=x",
            ":method=POST|:scheme=http|:path=PATH?tag=a b|:authority=x",
            ":method=POST|:scheme=http|:path=PATH?tag=%|:authority=x",
            ":method=POST|:scheme=http|:path=PATH?tag=\u00fc|:authority=x",
            ":method=CONNECT|:authority=x",
            ":method=CONNECT|:authority=x:80",
            ":method=CONNECT|:scheme=http|:path=PATH|:authority=x",
            ":method=POST /a HTTP/1.1\r\n|:scheme=http|:path=PATH|:authority=x",
            ":method=PO ST|:scheme=http|:path=PATH|:authority=x",
            // Hosts.
            GOOD + "|host=y",
            GOOD + "|host=x:81",
            GOOD + "|host=",
            GOOD + "|host=x, y",
            GOOD + "|host=a@x",
            GOOD + "|host=x|host=x",
            GOOD + "|host=x|host=y",
            ":method=POST|:scheme=http|:path=PATH|host=x|host=x",
            ":method=POST|:scheme=http|:path=PATH|host=x|host=y",
            ":method=POST|:scheme=http|:path=PATH|host=x y",
            ":method=POST|:scheme=http|:path=PATH|host=",
            ":method=POST|:scheme=http|:path=PATH|:authority=x y",
            ":method=POST|:scheme=http|:path=PATH|:authority=x y|host=x",
            ":method=POST|:scheme=http|:path=PATH|:authority=a@x|host=x",
            ":method=POST|:scheme=http|:path=PATH|:authority=a@x",
            ":method=POST|:scheme=http|:path=PATH|:authority=x/y",
            ":method=POST|:scheme=http|:path=PATH|:authority=:80",
            ":method=POST|:scheme=http|:path=PATH|:authority=x:port",
            ":method=POST|:scheme=http|:path=PATH|:authority=x:99999",
            // Lengths that are none.
            GOOD + "|content-length=-5",
            GOOD + "|content-length=+5",
            GOOD + "|content-length=0x5",
            GOOD + "|content-length=5 5",
            GOOD + "|content-length=",
            GOOD + "|content-length=5, 6",
            GOOD + "|content-length=5|content-length=6",
            GOOD + "|content-length=99999999999999999999");

    /** Fields after the body that make the request malformed. */
    static final List<String> TRAILERS = List.of(
            ":path=/q/openapi",
            ":method=POST",
            ":status=200",
            "transfer-encoding=chunked",
            "connection=close",
            "te=gzip",
            "X-A=b",
            "x a=b",
            "x\na=b",
            "x-a=b\r\nc",
            "x-a=b\u0000c");

    private static GatewayProcess gateway;
    private static String topic;
    private static String served;

    @BeforeAll
    static void start() {
        gateway = GatewayProcess.connectedTo(BROKER).start();
        topic = BROKER.newTopic();
        served = BROKER.newTopic();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void refuses(String form) {
        for (var path : PATHS) {
            var fields = fields(form, path.replace("TOPIC", topic));
            assertRefused(RawHttp2.exchange(gateway.root(), fields, "hello", List.of()));
            assertRefused(RawHttp2.exchangeUpgraded(gateway.root(), fields, "hello", List.of()));
        }
        assertNothingStoredAndTheNextServed();
    }

    /** Only who reads the body can tell; other paths answer before. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "4", "6", "5000"})
    void refusesALengthThatIsNotThatOfTheBody(String length) {
        var fields = fields(GOOD + "|content-length=" + length, "/topics/%s/messages".formatted(topic));

        assertRefused(RawHttp2.exchange(gateway.root(), fields, "hello", List.of()));
        assertRefused(RawHttp2.exchangeUpgraded(gateway.root(), fields, "hello", List.of()));
        assertNothingStoredAndTheNextServed();
    }

    @ParameterizedTest
    @FieldSource("TRAILERS")
    void refusesTrailers(String form) {
        var fields = fields(GOOD, "/topics/%s/messages".formatted(topic));
        var trailers = fields(form, "");

        assertRefused(RawHttp2.exchange(gateway.root(), fields, "hello", trailers));
        assertRefused(RawHttp2.exchangeUpgraded(gateway.root(), fields, "hello", trailers));
        assertNothingStoredAndTheNextServed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                GOOD,
                GOOD + "|content-length=5",
                GOOD + "|host=x",
                GOOD + "|te=trailers",
                GOOD + "|x-a=",
                GOOD + "|x-a=b c\td",
                GOOD + "|x-!#$%&'*+-.^_`~1=b",
                ":authority=x|:path=PATH|:scheme=https|:method=POST",
                ":method=POST|:scheme=http|:path=PATH|host=x",
                ":method=POST|:scheme=http|:path=PATH?tag=%67|:authority=[::1]:8080",
            })
    void servesWhatIsWellFormed(String form) {
        assertServed(form, List.of());
        assertServed(form, List.of(new Field("x-a", "b"), new Field("content-length", "7")));
    }

    /** A message needs a body; the frames say that there is none. */
    @ParameterizedTest
    @ValueSource(strings = {GOOD, GOOD + "|content-length=0"})
    void refusesAnEmptyMessage(String form) {
        var fields = fields(form, "/topics/%s/messages".formatted(topic));

        assertThat(RawHttp2.exchange(gateway.root(), fields, "", List.of())).isEqualTo("400");
        assertThat(RawHttp2.exchangeUpgraded(gateway.root(), fields, "", List.of()))
                .isEqualTo("400");
        assertNothingStoredAndTheNextServed();
    }

    /** The rest of a refused body is thrown away, and the stream may have ended by then. */
    @Test
    void logsNothingOfRefusedBodies() {
        var fields = fields(GOOD, "/topics/%s/messages?mode=none".formatted(topic));

        for (int i = 0; i < REFUSALS; i++) {
            assertThat(RawHttp2.exchange(gateway.root(), fields, "hello", List.of()))
                    .isEqualTo("400");
        }

        assertThat(gateway.log()).doesNotContain("Uncaught exception", " ERROR ");
    }

    private static void assertRefused(String outcome) {
        assertThat(outcome).matches("400|(RST_STREAM|GOAWAY) 1");
    }

    private static void assertNothingStoredAndTheNextServed() {
        assertThat(BROKER.storedByNow(topic)).extracting(Stored::id).isEmpty();
        var next = fields(GOOD, "/topics/%s/messages".formatted(served));
        assertThat(RawHttp2.exchange(gateway.root(), next, "hello", List.of())).isEqualTo("200");
    }

    private static void assertServed(String form, List<Field> trailers) {
        var own = BROKER.newTopic();
        var fields = fields(form, "/topics/%s/messages".formatted(own));

        assertThat(RawHttp2.exchange(gateway.root(), fields, "hello", trailers)).isEqualTo("200");
        assertThat(RawHttp2.exchangeUpgraded(gateway.root(), fields, "hello", trailers))
                .isEqualTo("200");

        assertThat(BROKER.storedByNow(own))
                .extracting(stored -> new String(stored.body(), UTF_8))
                .containsExactly("hello", "hello");
    }

    private static List<Field> fields(String form, String path) {
        return Stream.of(form.replace("PATH", path).split("\\|"))
                .map(field -> field.split("=", 2))
                .map(field -> new Field(field[0], field[1]))
                .toList();
    }
}
