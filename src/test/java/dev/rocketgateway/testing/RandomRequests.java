package dev.rocketgateway.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Generates invalid requests from known and unknown parts of the API, in wrong places. The same seed generates the same requests.
 */
public final class RandomRequests {

    /**
     * A request as it goes over the wire.
     *
     * @param ambiguous whether it leaves open where it ends or whom it is for, so that its connection must be closed
     */
    public record Request(String head, byte[] body, boolean ambiguous) {

        /** All of it; the body chunked if the head says so. */
        public byte[] bytes() {
            var all = new ByteArrayOutputStream();
            all.writeBytes(head.getBytes(ISO_8859_1));
            if (head.contains("Transfer-Encoding: chunked\r\n")) {
                for (int i = 0; i < body.length; ) {
                    int size = Math.min(body.length - i, 1 + (i * 7 + 13) % 5000);
                    all.writeBytes((Integer.toHexString(size) + "\r\n").getBytes(ISO_8859_1));
                    all.write(body, i, size);
                    all.writeBytes("\r\n".getBytes(ISO_8859_1));
                    i += size;
                }
                all.writeBytes("0\r\n\r\n".getBytes(ISO_8859_1));
            } else {
                all.writeBytes(body);
            }
            return all.toByteArray();
        }
    }

    private static final List<String> PARAMETERS = List.of(
            "mode",
            "tag",
            "key",
            "messageGroup",
            "delay",
            "deliverAt",
            "delayLevel",
            "timeout",
            "property.a",
            "property.");

    private static final List<String> HEADERS = List.of(
            "RocketMQ-Tag",
            "RocketMQ-Keys",
            "RocketMQ-Message-Group",
            "RocketMQ-Delay",
            "RocketMQ-Deliver-At",
            "RocketMQ-Delay-Level",
            "RocketMQ-Property",
            "RocketMQ-Timeout",
            "Idempotency-Key",
            "ce-specversion",
            "ce-id",
            "ce-source",
            "ce-type",
            "ce-time",
            "ce-dataschema",
            "ce-extension",
            "Content-Encoding",
            "X-Request-Id",
            "traceparent",
            "RocketMQ-Unknown");

    private static final List<String> TYPES = List.of(
            "text/plain",
            "application/json",
            "application/x-ndjson",
            "application/cloudevents+json",
            "application/cloudevents-batch+json",
            "application/json;charset=utf-16",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/cloudevents+xml",
            "*/*",
            "nonsense");

    private static final List<String> BATCH_TYPES =
            List.of("application/json", "application/x-ndjson", "application/cloudevents-batch+json");

    private static final List<String> SINGLE_TYPES = List.of("text/plain", "application/cloudevents+json");

    /** Overlong, surrogates, truncated, beyond Unicode. */
    private static final List<String> NOT_UTF8 =
            List.of("C0AF", "E080AF", "F08080AF", "EDA080", "EDA0BDEDB880", "E282", "F4908080", "FF");

    /** Lines that leave open where a request ends, or whom it is for. */
    private static final List<String> AMBIGUITIES = List.of(
            "Transfer-Encoding: gzip",
            "Transfer-Encoding: identity",
            "Transfer-Encoding: xchunked",
            "Transfer-Encoding: chunked;q=1",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding:\r\n chunked",
            "Transfer-Encoding : chunked",
            "Content-Length: 1, 2",
            "Content-Length: +1",
            "Host: other",
            ": nameless",
            "X: a\nb");

    private static final List<String> REPEATED = List.of(
            "Content-Type", "Content-Encoding", "Idempotency-Key", "X-Request-Id", "Accept", "RocketMQ-Tag", "ce-id");

    private static final List<String> ODD_QUERIES =
            List.of("??tag=a", "?tag", "?=a", "?tag=%FF", "?tag=a&tag=b", "?a;b", "?&");

    private final Random random;
    private final String topic;
    private final String untoldTopic;
    private final RandomTexts texts;

    /**
     * @param untoldTopic for batches whose answer tells no ids
     */
    public RandomRequests(long seed, String topic, String untoldTopic) {
        this.random = new Random(seed);
        this.topic = topic;
        this.untoldTopic = untoldTopic;
        this.texts = new RandomTexts(random);
    }

    public Request next() {
        boolean batch = random.nextBoolean();
        var type = random.nextInt(10) == 0
                ? ""
                : pick(random.nextInt(8) == 0 ? TYPES : batch ? BATCH_TYPES : SINGLE_TYPES);
        var body = random.nextInt(40) == 0 ? new byte[0] : body(type);
        var query = random.nextInt(20) == 0 ? pick(ODD_QUERIES) : query();
        boolean untold = batch && query.contains("mode=oneway");
        var head = new StringBuilder("POST /topics/")
                .append(
                        random.nextInt(10) == 0
                                ? URLEncoder.encode(texts.nasty(), UTF_8)
                                : untold ? untoldTopic : topic)
                .append(random.nextInt(40) == 0 ? ";tag=a" : "")
                .append(batch ? "/messages:batch" : "/messages")
                .append(query)
                .append(" HTTP/1.1\r\nHost: gateway\r\n");
        if (!type.isEmpty()) {
            head.append("Content-Type: ").append(type).append("\r\n");
        }
        for (int i = below(3) * below(2); i > 0; i--) {
            head.append(pick(HEADERS)).append(": ").append(headerValue()).append("\r\n");
        }
        if (random.nextInt(6) == 0) {
            head.append("ce-specversion: 1.0\r\nce-id: 1\r\nce-source: /a\r\nce-type: b\r\n");
        }
        if (random.nextInt(10) == 0) {
            var repeated = pick(REPEATED);
            head.append(repeated).append(": ").append(headerValue()).append("\r\n");
            head.append(repeated).append(": ").append(headerValue()).append("\r\n");
        }
        boolean ambiguous = random.nextInt(10) == 0;
        if (ambiguous) {
            head.append(pick(AMBIGUITIES)).append("\r\n");
        }
        head.append(random.nextInt(4) == 0 ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length)
                .append("\r\n\r\n");
        return new Request(head.toString(), body, ambiguous);
    }

    private String query() {
        var parameters = new ArrayList<String>();
        if (random.nextInt(2) > 0) {
            parameters.add("mode=" + pick(List.of("sync", "async", "oneway")));
        } else if (random.nextInt(20) == 0) {
            parameters.add("mode=request&timeout=20ms");
        }
        for (int i = below(4) * below(2); i > 0; i--) {
            var name = random.nextInt(10) == 0 ? URLEncoder.encode(texts.nasty(), UTF_8) : pick(PARAMETERS);
            var value = random.nextInt(20) == 0 ? texts.ascii(20) : URLEncoder.encode(texts.value(), UTF_8);
            parameters.add(name + (random.nextInt(20) == 0 ? "" : "=" + value));
        }
        return parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
    }

    /** Any bytes but those that would end the header. */
    private String headerValue() {
        var value = random.nextInt(3) == 0
                ? URLEncoder.encode(texts.value(), UTF_8)
                : new String(texts.value().getBytes(UTF_8), ISO_8859_1);
        value = value.replaceAll("[\\x00-\\x1F\\x7F]", "");
        return value.length() > 60_000 ? value.substring(0, 60_000) : value;
    }

    private byte[] body(String type) {
        byte[] body =
                switch (random.nextInt(5)) {
                    case 0 -> randomBytes(below(2000));
                    case 1 -> texts.nasty().getBytes(UTF_8);
                    default ->
                        switch (type) {
                            case "application/json" -> texts.batch().getBytes(UTF_8);
                            case "application/x-ndjson" -> texts.lines().getBytes(UTF_8);
                            case "application/cloudevents+json" -> texts.event().getBytes(UTF_8);
                            case "application/cloudevents-batch+json" ->
                                ("[" + texts.event() + "," + texts.event() + "]").getBytes(UTF_8);
                            default -> randomBytes(1 + below(100));
                        };
                };
        for (int i = random.nextInt(4) == 0 ? 1 + below(3) : 0; i > 0 && body.length > 0; i--) {
            body[below(body.length)] = (byte) random.nextInt();
        }
        if (random.nextInt(20) == 0) {
            var malformed = HexFormat.of().parseHex(pick(NOT_UTF8));
            int at = below(Math.max(1, body.length - malformed.length));
            System.arraycopy(malformed, 0, body, at, Math.min(malformed.length, body.length - at));
        }
        return body;
    }

    private byte[] randomBytes(int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private int below(int bound) {
        return random.nextInt(bound);
    }

    private <T> T pick(List<T> choices) {
        return choices.get(below(choices.size()));
    }
}
