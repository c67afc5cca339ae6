package dev.rocketgateway.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Generates requests that look at topics, most of them with faults. The same seed generates the same requests. */
public final class RandomLooks {

    private static final List<String> NAMES =
            List.of("key", "from", "to", "limit", "body", "tag", "for", "after", "subscription", "form", "Key");

    private static final List<String> VALUES = List.of(
            "true",
            "1",
            "0",
            "64",
            "-1",
            "now",
            "beginning",
            "2026-11-22T12:00:00Z",
            "1763812800000",
            "999999999999999",
            "+1000000000-12-31T23:59:59.999999999Z",
            "-999999999-01-01T00:00:00Z",
            "1ms",
            "P1D",
            "k",
            "a || b");

    private static final List<String> IDS = List.of(
            "7F0000010000000100000000000000FF",
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
            "00000000000000000000000000000000",
            "F".repeat(56),
            "none",
            ".",
            "a:b",
            "%20");

    private static final List<String> POSITIONS = List.of(
            "0~",
            "1~broker-a:0.0.0.0",
            "0~broker-a:999999999999999999",
            "9~broker-a:-.-.-.-.-.5,x:1",
            "1~a:1,a:2",
            "~",
            "1~%41:1");

    private static final List<String> ACCEPTS = List.of(
            "text/event-stream", "application/x-ndjson", "application/json", "*/*", "image/png", "x", "text/*;q=0");

    private final Random random;
    private final String topic;
    private final String messageId;
    private final RandomTexts texts;

    public RandomLooks(long seed, String topic, String messageId) {
        this.random = new Random(seed);
        this.topic = topic;
        this.messageId = messageId;
        this.texts = new RandomTexts(random);
    }

    /** A request as it goes over the wire. */
    public String next() {
        var request = new StringBuilder(random.nextInt(20) == 0 ? "HEAD " : "GET ")
                .append(path())
                .append(query())
                .append(" HTTP/1.1\r\nHost: gateway\r\n");
        if (random.nextInt(3) > 0) {
            request.append("Accept: ").append(pick(ACCEPTS)).append("\r\n");
        }
        for (int i = random.nextInt(10) == 0 ? 2 : random.nextInt(2); i > 0; i--) {
            request.append("Last-Event-ID: ")
                    .append(random.nextInt(4) == 0 ? headerValue() : pick(POSITIONS))
                    .append("\r\n");
        }
        return request.append("\r\n").toString();
    }

    private String path() {
        var name = random.nextInt(10) == 0 ? URLEncoder.encode(texts.nasty(), UTF_8) : topic;
        return switch (random.nextInt(4)) {
            case 0 -> "/topics";
            case 1 -> "/topics/" + name + "/messages";
            case 2 -> "/topics/" + name + "/messages/" + id();
            default -> "/topics/" + name + "/messages:tail";
        };
    }

    private String id() {
        return switch (random.nextInt(4)) {
            case 0 -> messageId;
            case 1 -> pick(IDS);
            case 2 -> "%032X".formatted(random.nextLong());
            default -> URLEncoder.encode(texts.nasty(), UTF_8).replace("+", "%20");
        };
    }

    private String query() {
        var parameters = new ArrayList<String>();
        for (int i = random.nextInt(4); i > 0; i--) {
            var value = random.nextInt(4) == 0 ? texts.value() : pick(VALUES);
            parameters.add(pick(NAMES) + "=" + URLEncoder.encode(value, UTF_8));
        }
        return parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
    }

    /** Any bytes but those that would end the header. */
    private String headerValue() {
        var value = new String(texts.value().getBytes(UTF_8), ISO_8859_1).replaceAll("[\\x00-\\x1F\\x7F]", "");
        return value.length() > 60_000 ? value.substring(0, 60_000) : value;
    }

    private String pick(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }
}
