package dev.rocketgateway.look.tail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TailFormatTest {

    private static final byte[] DATA = "{\"a\":\"\\n\"}".getBytes(UTF_8);

    @Test
    void writesServerSentEvents() {
        assertThat(TailFormat.EVENTS.begin("1~a:0")).hasToString("retry: 1000\nid: 1~a:0\n\n");
        assertThat(TailFormat.EVENTS.event("message", "1~a:1", DATA))
                .hasToString("id: 1~a:1\ndata: {\"a\":\"\\n\"}\n\n");
        assertThat(TailFormat.EVENTS.event("end", "1~a:1", DATA))
                .hasToString("id: 1~a:1\nevent: end\ndata: {\"a\":\"\\n\"}\n\n");
        assertThat(TailFormat.EVENTS.heartbeat("1~a:1")).hasToString("id: 1~a:1\n: heartbeat\n\n");
    }

    @Test
    void writesLines() {
        assertThat(TailFormat.LINES.begin("1~a:0")).hasToString("{\"event\":\"begin\",\"id\":\"1~a:0\",\"data\":{}}\n");
        assertThat(TailFormat.LINES.event("message", "1~a:1", DATA))
                .hasToString("{\"event\":\"message\",\"id\":\"1~a:1\",\"data\":{\"a\":\"\\n\"}}\n");
        assertThat(TailFormat.LINES.heartbeat("1~a:1"))
                .hasToString("{\"event\":\"heartbeat\",\"id\":\"1~a:1\",\"data\":{}}\n");
    }
}
